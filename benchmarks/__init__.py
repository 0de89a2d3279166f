"""What Carrel is measured by; every figure in LOG.md comes from here."""
