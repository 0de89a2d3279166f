"""Look at memory as people do: page by page, on a map, why an answer says what it says, why a memory is there."""
