"""What servers say of a request that does not fit the context window."""

OVERFLOWS = (
    "context_length_exceeded",
    "Your input exceeds the context window of this model",
    "This model's maximum context length is 4096 tokens",
    "prompt is too long: 9000 tokens > 8000 maximum",
    "input is too long for the requested model",
    "too many tokens",
    "the request exceeds the available context size",
    "Please reduce the length of the messages",
    "request too large",
    "model_context_window_exceeded",
    "The prompt is longer than the maximum model length of 4096",
    "n_keep (5000) >= n_ctx (4096)",
    "prompt token count of 9000 exceeds the limit of 8192",
    "exceeded model token limit: 8192",
    "This model's maximum prompt length is 131072 but the request contains 140000 tokens",
    "The prompt is longer than the model's context length",
    "Context size has been exceeded",
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
    "context window exceeds limit (2013)",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)",
    "Input length 5000 exceeds the maximum length 4096",
    "Range of input length should be [1, 30720]",
    "Prompt contains 9000 tokens, too large for model with 8192 maximum context length",
    "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens",
    "`inputs` must have less than 4096 tokens. Given: 5000",
    "Requested tokens (5000) exceed context window of 4096",
    "Trying to keep the first 5000 tokens when context overflows",
    "输入内容过长,超过模型的最大长度",
)
OTHERS = (
    "max_tokens is too large: 90000. This model supports at most 16384 completion tokens",
    "Invalid 'messages[3].tool_calls[0].id': string too long. Expected a string with maximum length 40",
    "tools[0].function.description is too long",
    "Rate limit exceeded: too many tokens per minute",
    "The access token is longer than allowed",
    "You have exceeded your daily token limit",
    "prompt must be a string",
    "messages must be an array",
    "Maximum request rate exceeded",
)
"""What servers say of other things that are too long or too many."""

NO_SCHEMAS = (
    "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
    "This model does not support response format `json_schema`. See supported models at …",
    "This response_format type is unavailable now",
    "Extra inputs are not permitted: response_format",
    "'response_format.type' must be 'text'",
    "Unrecognized request argument supplied: response_format",
    "guided decoding is not supported by this engine",
    "JSON Schema conversion failed: unsupported anyOf",
    "Failed to initialize samplers: failed to parse grammar",
    "Structured outputs are not available for this deployment",
)
"""How servers refuse a schema."""
