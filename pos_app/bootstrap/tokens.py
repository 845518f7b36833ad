"""Signed codes held against headquarters' keys in the replica; fits `pos_app.services.ports.Tokens`."""

from dataclasses import dataclass

from pos_app.domain.tokens import Token
from pos_app.store.replica.reader import ReplicaReader


@dataclass(frozen=True, slots=True)
class ReplicaTokens:
    """Reads a code with the keys that came down. The first one loads what a start has no need of."""

    replica: ReplicaReader

    def read(self, text: str) -> Token:
        """Read a code; raise ``Refusal`` as `sync.protocol.tokens.read_token` does."""
        from sync.protocol.signatures import public_key
        from sync.protocol.tokens import read_token

        keys = {name: public_key(public) for name, public in self.replica.token_keys().items()}
        return read_token(text, keys)
