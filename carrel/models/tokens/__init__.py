"""Token counters: tiktoken where its file is on this machine, an estimator everywhere else."""
