"""How the API tells of partners: never who is sealed, endangered, or named where naming endangers (domain.md 8.6)."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hrdd.governance.models import User
from risks.actions.onboarding import content_hash
from risks.models import (
    AgreedTerms,
    Onboarding,
    OnboardingFinding,
    Partner,
    PartnerNote,
    RecordEntry,
    Relationship,
)
from risks.queries.partners import told_outside
from risks.queries.terms import terms_of
from risks.queries.time_to_change import read_clocks, undated_of, with_severity
from risks.queries.told_partners import told_of


class TextOutside(serializers.CharField):
    """A text that is withheld where it names a partner whose name endangers people (N8)."""

    def to_representation(self, value: Any) -> str:
        """Return the text, or that it is withheld; the names stand in the context."""
        return told_outside(str(value), self.context["names"])


def person_field(**more: Any) -> Any:
    """Return a field that tells a person by their user name."""
    return serializers.SlugRelatedField[User](slug_field="username", read_only=True, **more)


class PartnerNoteSerializer(serializers.ModelSerializer[PartnerNote]):
    """A list or an owner, with day and source."""

    subject = TextOutside()
    source = TextOutside()  # type: ignore[assignment]  # a field of that name, as declared ones are
    says = TextOutside()

    class Meta:
        model = PartnerNote
        fields = (
            *("id", "kind", "subject", "standing", "since", "share", "source", "says"),
            *("noted_on", "replaces", "recorded_at"),
        )
        read_only_fields = fields


class PartnerSerializer(serializers.ModelSerializer[Partner]):
    """A partner. Its contacts are sealed and opened on its page alone; so is who a name would endanger."""

    name = TextOutside()
    about = TextOutside()
    never_named = serializers.SerializerMethodField()

    class Meta:
        model = Partner
        fields: tuple[str, ...] = ("id", "name", "country", "about", "never_named")
        read_only_fields: tuple[str, ...] = fields

    def get_never_named(self, partner: Partner) -> bool:
        """Return whether it is not to be named, as that would endanger people."""
        return bool(partner.naming_endangers)


class PartnerStorySerializer(PartnerSerializer):
    """The same with its relationships, and the notes that stand."""

    relationships = serializers.PrimaryKeyRelatedField[Relationship](many=True, read_only=True)
    notes = serializers.SerializerMethodField()

    class Meta(PartnerSerializer.Meta):
        fields = (*PartnerSerializer.Meta.fields, "relationships", "notes")
        read_only_fields = fields

    @extend_schema_field(PartnerNoteSerializer(many=True))
    def get_notes(self, partner: Partner) -> Any:
        """Return the lists and owners that stand."""
        standing = partner.notes.filter(replaced_by__isnull=True)
        return PartnerNoteSerializer(standing, many=True, context=self.context).data


class RelationshipClockSerializer(serializers.Serializer[Any]):
    """The clock of one harm tied to a relationship (domain.md 5.4)."""

    tied = serializers.IntegerField(source="tied.pk")
    risk = serializers.IntegerField(source="tied.risk_id")
    level = serializers.IntegerField()
    known_since = serializers.DateField(source="tied.known_since")
    status = serializers.CharField(source="clock.status")
    code = serializers.CharField(source="clock.code")
    sentence = serializers.CharField()
    due = serializers.DateField(allow_null=True)


class RelationshipSerializer(serializers.ModelSerializer[Relationship]):
    """A relationship in a list."""

    partner = PartnerSerializer()
    kind_said = TextOutside()
    supplied = TextOutside()
    owner = person_field()

    class Meta:
        model = Relationship
        fields: tuple[str, ...] = (
            *("id", "partner", "kind", "kind_said", "supplied", "country", "status", "started_on"),
            *("contract_end", "owner", "crucial", "crucial_due", "told_by"),
        )
        read_only_fields: tuple[str, ...] = fields


class RelationshipRowSerializer(serializers.Serializer[Any]):
    """A relationship with its most pressing clock; null where no harm is tied to it."""

    id = serializers.IntegerField(source="relationship.pk")
    relationship = RelationshipSerializer()
    clock = RelationshipClockSerializer(allow_null=True)


class TermsSerializer(serializers.ModelSerializer[AgreedTerms]):
    """What was agreed."""

    code_name = TextOutside()

    class Meta:
        model = AgreedTerms
        fields = (
            *("id", "policy_version", "code_name", "code_version", "agreed_from", "agreed_until"),
            "recorded_at",
        )
        read_only_fields = fields


class TermsReadSerializer(serializers.Serializer[Any]):
    """Terms as they stand today, and whether our policy has moved on."""

    terms = TermsSerializer()
    stands = serializers.BooleanField()
    warning = serializers.CharField()


class OnboardingFindingSerializer(serializers.ModelSerializer[OnboardingFinding]):
    """What the review found."""

    says = TextOutside()
    what_changed = TextOutside()
    found_by = person_field()
    closed_by = person_field()

    class Meta:
        model = OnboardingFinding
        fields = ("id", "says", "level", "found_by", "found_at", "closed_by", "closed_at", "what_changed")
        read_only_fields = fields


class OnboardingSerializer(serializers.ModelSerializer[Onboarding]):
    """An onboarding, how far it is, and what was decided."""

    use_case = TextOutside()
    end_users = TextOutside()
    red_flags = TextOutside()
    reasons = TextOutside()
    conditions = TextOutside()
    asked_by = person_field()
    decided_by = person_field()

    class Meta:
        model = Onboarding
        fields: tuple[str, ...] = (
            *("id", "relationship", "use_case", "end_users", "country", "red_flags", "status"),
            *("asked_by", "asked_at", "decided_by", "decided_at", "reasons", "conditions"),
        )
        read_only_fields: tuple[str, ...] = fields


class OnboardingStorySerializer(OnboardingSerializer):
    """The same with its findings, and the hash of both; whoever decides sends it back, as proof of what they read."""

    findings = OnboardingFindingSerializer(many=True)
    content_hash = serializers.SerializerMethodField()

    class Meta(OnboardingSerializer.Meta):
        fields = (*OnboardingSerializer.Meta.fields, "findings", "content_hash")
        read_only_fields = fields

    def get_content_hash(self, onboarding: Onboarding) -> str:
        """Return the SHA-256 of what was asked and found."""
        return content_hash(onboarding)


class ToldEntrySerializer(serializers.ModelSerializer[RecordEntry]):
    """Leverage or an exit as a dossier tells it, kept as it was said."""

    what = TextOutside()
    detail = serializers.SerializerMethodField()

    class Meta:
        model = RecordEntry
        fields = ("kind", "what", "when_said", "when_first", "when_last", "detail", "risk")
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_detail(self, entry: RecordEntry) -> dict[str, str]:
        """Return what else was said."""
        return {name: told_outside(said, self.context["names"]) for name, said in entry.detail.items()}


class ToldWordSerializer(serializers.Serializer[Any]):
    """A word of the dossier on the relationship."""

    name = serializers.CharField()
    said = TextOutside()


class ToldSerializer(serializers.Serializer[Any]):
    """What a dossier tells of a relationship, and the gaps that its exit shows."""

    words = ToldWordSerializer(many=True)
    leverage = ToldEntrySerializer(many=True)
    exits = ToldEntrySerializer(many=True)
    gaps = serializers.ListField(child=serializers.CharField())


class RelationshipStorySerializer(RelationshipSerializer):
    """A relationship with its terms, onboarding and clocks; contacts and what was corrected stay on its page.

    `terms` and `clocks` are read as of a day; the viewset puts them into the context.
    """

    products = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)
    revenue_owners = person_field(many=True)
    crucial_essential = TextOutside()
    crucial_no_alternative = TextOutside()
    terms = serializers.SerializerMethodField()
    onboardings = OnboardingSerializer(many=True)
    told = serializers.SerializerMethodField()
    undated = serializers.SerializerMethodField()
    clocks = serializers.SerializerMethodField()

    class Meta(RelationshipSerializer.Meta):
        fields = (
            *RelationshipSerializer.Meta.fields,
            *("products", "revenue_band", "revenue_owners", "crucial_essential", "crucial_no_alternative"),
            *("terms", "onboardings", "told", "undated", "clocks"),
        )
        read_only_fields = fields

    @extend_schema_field(TermsReadSerializer(many=True))
    def get_terms(self, relationship: Relationship) -> Any:
        """Return what was agreed, what stands first."""
        read = terms_of(relationship, on=self.context["on"])
        return TermsReadSerializer(read, many=True, context=self.context).data

    @extend_schema_field(ToldSerializer(allow_null=True))
    def get_told(self, relationship: Relationship) -> Any:
        """Return what a dossier tells of it; null where none does."""
        told = told_of(relationship)
        if told is None:
            return None
        whole = {
            "words": [{"name": name, "said": said} for name, said in told.words],
            "leverage": told.leverage,
            "exits": [entry for entry, _gaps in told.exits],
            "gaps": [gap for _entry, gaps in told.exits for gap in gaps],
        }
        return ToldSerializer(whole, context=self.context).data

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_undated(self, relationship: Relationship) -> list[int]:
        """Return the harms whose clock cannot run, as nobody said since when the company knows."""
        return [one.pk for one in undated_of(relationship)]

    @extend_schema_field(RelationshipClockSerializer(many=True))
    def get_clocks(self, relationship: Relationship) -> Any:
        """Return the clock of each harm tied to it, the most pressing first."""
        tied = with_severity(relationship.risks.all(), on=self.context["on"])
        return RelationshipClockSerializer(read_clocks(tied, on=self.context["on"]), many=True).data
