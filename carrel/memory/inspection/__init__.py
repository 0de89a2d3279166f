"""Look at memory as people do: where memories lie, why an answer says what it says, and why a memory is there."""
