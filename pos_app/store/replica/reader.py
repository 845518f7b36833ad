"""The replica as the counter uses it: fits the port `pos_app.services.ports.Replica`.

Reads alone, through a connection of its own; follows the sync engine from one file to the next. Each thread that reads
has one. Knows nothing of the line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pos_app.domain.branches import Parting
from pos_app.domain.catalog import FoundProduct
from pos_app.domain.coupons import NEVER, Coupon, OfflineRule
from pos_app.domain.errors import Refusal
from pos_app.domain.exceptions import StoreException
from pos_app.domain.facts import START, ChainHead, Fact, Position, read_fact
from pos_app.domain.ids import DeviceId, MemberId, OperatorId
from pos_app.domain.leases import Lease
from pos_app.domain.ledger import Applied, ConfirmedAmount, LedgerKey, PendingEntry
from pos_app.domain.members import Member
from pos_app.domain.operators import Operator
from pos_app.domain.pricing.inputs import Rulebook
from pos_app.domain.purchases import Purchase
from pos_app.domain.readiness import Holdings
from pos_app.domain.scale_labels import LabelLayout
from pos_app.store.replica import documents, finding, finding_members, freshness, purchases, touched
from pos_app.store.replica.current_file import CurrentFile
from pos_app.store.replica.partings import LOST_FACTS, PARTING, parting_of
from pos_app.store.replica.rulebook import FileRules
from sync.protocol.replica_schema import EDITION, INCARNATION, RULES_CURSOR
from sync.protocol.stream import Standing
from sync.protocol.topics import COUPON, COUPON_TEMPLATE, EXCEPTION, LABEL_LAYOUT, LEASE, MEMBER, OPERATOR, TOKEN_KEY

_RULES = "SELECT key, value FROM meta WHERE key IN (?, ?)"
_DOCUMENT = "SELECT body FROM document WHERE topic = ? AND key = ? LIMIT 1"
_COUPONS_OF = (
    "SELECT DISTINCT body FROM member_coupon JOIN document"
    " ON document.topic = ? AND document.key = member_coupon.coupon AND document.scope = member_coupon.scope"
    " WHERE member_coupon.member = ? ORDER BY member_coupon.coupon"
)
_LEASES = "SELECT key, body FROM document WHERE topic = ? AND key > ? AND key < ? ORDER BY key LIMIT ?"
_LAST = "\U0010ffff"
_BODIES = "SELECT body FROM document WHERE topic = ?"
_META = "SELECT value FROM meta WHERE key = ?"
_SCOPES = "SELECT scope, rev FROM scope"
_ACKNOWLEDGED = "SELECT epoch, seq FROM acknowledged"

Beside = Callable[[LedgerKey], Mapping[DeviceId, Sequence[PendingEntry]]]
"""Tells what other registers did to an amount."""


class ReplicaReader:
    """What headquarters said, as of the last pull."""

    def __init__(self, folder: Path, device: DeviceId, beside: Beside = lambda _: {}) -> None:
        """Read the current replica in ``folder`` for a register; none there reads as an empty one.

        ``beside`` tells what other registers of the store did to an amount, as far as is known here.
        """
        self._beside = beside
        self._file = CurrentFile(folder)
        self._device = device
        self._rules: FileRules | None = None
        self._read_at = (0, 0)
        self._cursor = ""
        self._went_on_from: ChainHead | None = None

    def by_code(self, key: str) -> FoundProduct | None:
        """Find goods by a code's lookup key (`domain.codes.lookup_key`)."""
        return finding.by_code(self._now(), key)

    def search(self, text: str, limit: int) -> list[FoundProduct]:
        """Find goods by part of the name, pinyin initials, SKU, or the last digits of a code; best first."""
        return finding.search(self._now(), text, limit)

    def rulebook(self) -> Rulebook:
        """Give the rules in force.

        From here until the next question of another kind, or `rest`, all of it is read as it stood at this moment: a
        basket is not priced by two editions.
        """
        self._now()
        self._file.hold()
        while True:
            generation = self._file.generation
            words: dict[str, str] = dict(self._file.rows(_RULES, EDITION, RULES_CURSOR))
            rules = self._rules_of(int(words.get(EDITION) or 0), generation)
            if generation == self._file.generation:
                self._cursor = words.get(RULES_CURSOR, "")
                return rules.rulebook
            # the file turned out to be damaged, and another took its place

    def _rules_of(self, edition: int, generation: int) -> FileRules:
        """Take what was read on to an edition, or begin anew: in another file, or where it is not told what changed."""
        ours, known = self._read_at[0], self._rules
        if known is None or self._read_at[1] != generation:
            known = None
        elif ours != edition:
            touched_since = self._touched(ours, edition)
            if touched_since is None:
                known = None
            else:
                known.touched(touched_since)
        self._rules = FileRules(self._file) if known is None else known
        self._read_at = edition, generation
        return self._rules

    def _touched(self, ours: int, now: int) -> set[touched.Touched] | None:
        if self._file.row(touched.IS_KEPT) is None:
            return None
        return touched.since(self._file.rows(touched.TOLD, ours), ours, now)

    def cursor(self) -> str:
        """Name the revision of the rules that were given last: what a sale was priced by."""
        if self._rules is None:
            self.rulebook()
            self.rest()
        return self._cursor

    def confirmed(self, key: LedgerKey) -> ConfirmedAmount | None:
        """Give an amount as published and what other registers did besides, or None when headquarters never spoke of
        it.
        """
        row = self._now().row(_DOCUMENT, *documents.document_of(key))
        published = None if row is None else documents.amount(key, row[0])
        amount = None if published is None else published.beside(self._beside(key))
        if amount is None or self._device not in amount.applied:
            return amount
        parting = self._parting()
        if parting is None or amount.applied[self._device].through <= parting.common:
            return amount
        # Behind the parting headquarters counts places in which other facts stand than here.
        mine = replace(amount.applied[self._device], through=parting.common)
        return replace(amount, applied={**amount.applied, self._device: mine})

    def settled(self, key: LedgerKey) -> Applied:
        """Tell what an amount's base has of this register's facts; with no base, what headquarters acknowledged."""
        base = self.confirmed(key)
        return Applied(self.acknowledged()) if base is None else base.applied.get(self._device, Applied(START))

    def acknowledged(self) -> Position:
        """Tell how far headquarters has this register's chain."""
        row = self._now().row(_ACKNOWLEDGED)
        return START if row is None else Position(*row)

    def parting(self) -> Parting | None:
        """Tell where the chains have parted; None where they are one, or the register has gone on behind that."""
        self._now()
        return self._parting()

    def goes_on_from(self, head: ChainHead | None) -> None:
        """Hear which end of headquarters' chain the register's own epoch follows: behind it nothing has parted."""
        self._went_on_from = head

    def lost_facts(self) -> Sequence[Fact]:
        """List what headquarters has behind the parting, but for what came to it damaged."""
        return [
            fact
            for _, _, known, canonical in self._now().rows(LOST_FACTS)
            if (fact := _whole(canonical, known)) is not None
        ]

    def standing(self) -> Standing:
        """Tell cursor and incarnation of what is read."""
        file = self._now()
        cursor: dict[str, int] = dict(file.rows(_SCOPES))
        row = file.row(_META, INCARNATION)
        return Standing(cursor, "" if row is None else str(row[0]))

    def operator(self, number: OperatorId) -> Operator | None:
        """Find who may sign in here."""
        row = self._now().row(_DOCUMENT, OPERATOR, number)
        return None if row is None else documents.operator(row[0])

    def member(self, code: str) -> Member | None:
        """Find a member by id, card or phone."""
        return finding_members.by_code(self._now(), code)

    def find_members(self, text: str, limit: int) -> list[Member]:
        """Find members by code, the last digits of the phone, the name's beginning or its pinyin initials."""
        return finding_members.find(self._now(), text, limit)

    def purchases_of(self, members: Sequence[MemberId], limit: int) -> list[Purchase]:
        """List what the person with these ids bought of late, as headquarters told it, the newest first."""
        return purchases.purchases_of(self._now(), members, limit)

    def coupon(self, code: str) -> Coupon | None:
        """Find a coupon by its id."""
        row = self._now().row(_DOCUMENT, COUPON, code)
        return None if row is None else documents.coupon(row[0])

    def label_layouts(self) -> list[LabelLayout]:
        """List the chain's own layouts of scale labels, by id; none where it has not said."""
        found = (documents.label_layout(body) for (body,) in self._now().rows(_BODIES, LABEL_LAYOUT))
        return [each for each in found if each is not None]

    def coupon_comes_back(self, template: str) -> bool:
        """Tell whether a template's coupons are the customer's again when all of their sale came back."""
        row = self._now().row(_DOCUMENT, COUPON_TEMPLATE, template)
        return row is None or documents.coupon_comes_back(row[0])

    def coupon_offline(self, template: str) -> OfflineRule:
        """Tell how a template's coupons may be spent with no line."""
        row = self._now().row(_DOCUMENT, COUPON_TEMPLATE, template)
        return NEVER if row is None else documents.coupon_offline(row[0])

    def coupons_of(self, member: MemberId) -> list[Coupon]:
        """List the coupons that are one member's own, under any id of theirs."""
        file = self._now()
        bodies = [body for own in self._ids_of(member) for (body,) in file.rows(_COUPONS_OF, COUPON, own)]
        return [each for each in map(documents.coupon, bodies) if each is not None]

    def token_keys(self) -> Mapping[str, str]:
        """Give the keys that signed codes are held against: ids to public halves in hexadecimal."""
        keys = (documents.token_key(body) for (body,) in self._now().rows(_BODIES, TOKEN_KEY))
        return {key.id: key.public for key in keys if key is not None}

    def leases_of(self, member: MemberId) -> list[Lease]:
        """List the leases of a member's points that lie in this store, under any id of theirs."""
        firsts = [f"points:{own}:" for own in self._ids_of(member)]
        return [lease for first in firsts for lease in self._leases(first, f"{first}{_LAST}", -1)]

    def leases_on(self, resource: str, key: str) -> list[Lease]:
        """List the leases that lie in this store of a ``coupon``, or of what a template's may come to (``bounded``)."""
        first = f"{resource}:{key}:"
        return self._leases(first, f"{first}{_LAST}", -1)

    def leases_behind(self, key: str, limit: int) -> list[Lease]:
        """List the leases that lie in this store, by key, those behind one."""
        return self._leases(key, _LAST, limit)

    def _ids_of(self, member: MemberId) -> tuple[MemberId, ...]:
        row = self._now().row(_DOCUMENT, MEMBER, member)
        known = None if row is None else documents.member(row[0])
        return (member,) if known is None else known.ids

    def _leases(self, behind: str, before: str, limit: int) -> list[Lease]:
        rows = self._now().rows(_LEASES, LEASE, behind, before, limit)
        return [found for key, body in rows if (found := documents.lease(key, body)) is not None]

    def exceptions(self) -> Sequence[StoreException]:
        """List what headquarters could not honour of this store's facts, in no order."""
        rows = self._now().rows(_BODIES, EXCEPTION)
        return [found for (body,) in rows if (found := documents.exception(body)) is not None]

    def holdings(self) -> Holdings:
        """Tell what is held of each subject, and as of when."""
        return freshness.holdings(self._now())

    def document(self, topic: str, key: str) -> str | None:
        """Give a document's body (JSON) as it was published; for topics that have no question of their own."""
        row = self._now().row(_DOCUMENT, topic, key)
        return None if row is None else str(row[0])

    def reopen_if_switched(self) -> bool:
        """Go over to another file if one was named current; every question does so by itself."""
        self._file.let_go()
        return self._file.reopen_if_switched()

    def rest(self) -> None:
        """Let go of the rules that were given last, so that the file's WAL can be cut; call it when idle."""
        self._file.let_go()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _parting(self) -> Parting | None:
        row = self._file.row(PARTING)
        parting = None if row is None else parting_of(row)
        return None if parting is None or parting.head == self._went_on_from else parting

    def _now(self) -> CurrentFile:
        """Give the file that is current at this moment."""
        self._file.let_go()
        self._file.reopen_if_switched()
        return self._file


def _whole(canonical: bytes, known: bytes) -> Fact | None:
    try:
        fact = read_fact(canonical)
    except Refusal:
        return None
    return fact if fact.hash == known else None
