"""Count tokens with OpenAI's tokenizers, from files that are already on this machine. Never downloads."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from carrel.imports import importing

if TYPE_CHECKING:
    from tiktoken import Encoding


class TiktokenCounter:
    """Counts with one of OpenAI's tokenizers; `exact` says whether it is the model's own."""

    def __init__(self, encoding: "Encoding", exact: bool = True) -> None:
        self.exact = exact
        self._encoding = encoding

    def count(self, text: str) -> int:
        """Return a text's tokens; a special token in it is counted as plain text."""
        return len(self._encoding.encode(text, disallowed_special=()))


@dataclass(frozen=True, slots=True)
class BpeFile:
    """A tokenizer's file as tiktoken stores it, and the expression that splits text before tokens are looked up."""

    name: str
    url: str
    sha256: str
    pattern: str

    @property
    def filename(self) -> str:
        """The file's name in TIKTOKEN_CACHE_DIR."""
        return hashlib.sha1(self.url.encode()).hexdigest()


_BLOBS = "https://openaipublic.blob.core.windows.net/encodings"
_WORD = r"[^\r\n\p{L}\p{N}]?"
_ENDING = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"

O200K = BpeFile(
    "o200k_base",
    f"{_BLOBS}/o200k_base.tiktoken",
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "|".join(
        (
            _WORD + r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + _ENDING,
            _WORD + r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + _ENDING,
            r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        )
    ),
)
CL100K = BpeFile(
    "cl100k_base",
    f"{_BLOBS}/cl100k_base.tiktoken",
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
)


def load_encoding(file: BpeFile, cache_dir: Path) -> "Encoding | None":
    """Return the tokenizer, or None if its file is missing, unreadable or damaged."""
    try:
        content = (cache_dir / file.filename).read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return None
    with importing("tiktoken"):
        import tiktoken

    # tiktoken.get_encoding would download a file that was removed meanwhile, without a time limit: read it here.
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, content.splitlines()) if token}
    return tiktoken.Encoding(file.name, pat_str=file.pattern, mergeable_ranks=ranks, special_tokens={})
