"""What a story leaves behind: records, cassettes, exports."""
