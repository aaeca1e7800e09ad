"""Names are found in public words through indexes of their pieces, built while the old code goes on writing (ADR 54)."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from risks.models.naming import Pieces, SaidIn, Unmarked, Words

MARKS = (  # what combines (accents, joiners, vowel points) and what is not seen (category Cf), in Unicode 14
    r"\u00AD\u0300-\u034E\u0350-\u036F\u0483-\u0487\u0591-\u05BD\u05BF\u05C1-\u05C2\u05C4-\u05C5\u05C7"
    r"\u0600-\u0605\u0610-\u061A\u061C\u064B-\u065F\u0670\u06D6-\u06DD\u06DF-\u06E4\u06E7-\u06E8\u06EA-\u06ED"
    r"\u070F\u0711\u0730-\u074A\u07EB-\u07F3\u07FD\u0816-\u0819\u081B-\u0823\u0825-\u0827\u0829-\u082D"
    r"\u0859-\u085B\u0890-\u0891\u0898-\u089F\u08CA-\u08FF\u093C\u094D\u0951-\u0954\u09BC\u09CD\u09FE\u0A3C"
    r"\u0A4D\u0ABC\u0ACD\u0B3C\u0B4D\u0BCD\u0C3C\u0C4D\u0C55-\u0C56\u0CBC\u0CCD\u0D3B-\u0D3C\u0D4D\u0DCA"
    r"\u0E38-\u0E3A\u0E48-\u0E4B\u0EB8-\u0EBA\u0EC8-\u0ECB\u0F18-\u0F19\u0F35\u0F37\u0F39\u0F71-\u0F72\u0F74"
    r"\u0F7A-\u0F7D\u0F80\u0F82-\u0F84\u0F86-\u0F87\u0FC6\u1037\u1039-\u103A\u108D\u135D-\u135F\u1714-\u1715"
    r"\u1734\u17D2\u17DD\u180E\u18A9\u1939-\u193B\u1A17-\u1A18\u1A60\u1A75-\u1A7C\u1A7F\u1AB0-\u1ABD"
    r"\u1ABF-\u1ACE\u1B34\u1B44\u1B6B-\u1B73\u1BAA-\u1BAB\u1BE6\u1BF2-\u1BF3\u1C37\u1CD0-\u1CD2\u1CD4-\u1CE0"
    r"\u1CE2-\u1CE8\u1CED\u1CF4\u1CF8-\u1CF9\u1DC0-\u1DFF\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F"
    r"\u20D0-\u20DC\u20E1\u20E5-\u20F0\u2CEF-\u2CF1\u2D7F\u2DE0-\u2DFF\u302A-\u302F\u3099-\u309A\uA66F"
    r"\uA674-\uA67D\uA69E-\uA69F\uA6F0-\uA6F1\uA806\uA82C\uA8C4\uA8E0-\uA8F1\uA92B-\uA92D\uA953\uA9B3\uA9C0"
    r"\uAAB0\uAAB2-\uAAB4\uAAB7-\uAAB8\uAABE-\uAABF\uAAC1\uAAF6\uABED\uFB1E\uFE20-\uFE2F\uFEFF\uFFF9-\uFFFB"
    r"\U000101FD\U000102E0\U00010376-\U0001037A\U00010A0D\U00010A0F\U00010A38-\U00010A3A\U00010A3F"
    r"\U00010AE5-\U00010AE6\U00010D24-\U00010D27\U00010EAB-\U00010EAC\U00010F46-\U00010F50"
    r"\U00010F82-\U00010F85\U00011046\U00011070\U0001107F\U000110B9-\U000110BA\U000110BD\U000110CD"
    r"\U00011100-\U00011102\U00011133-\U00011134\U00011173\U000111C0\U000111CA\U00011235-\U00011236"
    r"\U000112E9-\U000112EA\U0001133B-\U0001133C\U0001134D\U00011366-\U0001136C\U00011370-\U00011374\U00011442"
    r"\U00011446\U0001145E\U000114C2-\U000114C3\U000115BF-\U000115C0\U0001163F\U000116B6-\U000116B7\U0001172B"
    r"\U00011839-\U0001183A\U0001193D-\U0001193E\U00011943\U000119E0\U00011A34\U00011A47\U00011A99\U00011C3F"
    r"\U00011D42\U00011D44-\U00011D45\U00011D97\U00013430-\U00013438\U00016AF0-\U00016AF4\U00016B30-\U00016B36"
    r"\U00016FF0-\U00016FF1\U0001BC9E\U0001BCA0-\U0001BCA3\U0001D165-\U0001D169\U0001D16D-\U0001D182"
    r"\U0001D185-\U0001D18B\U0001D1AA-\U0001D1AD\U0001D242-\U0001D244\U0001E000-\U0001E006"
    r"\U0001E008-\U0001E018\U0001E01B-\U0001E021\U0001E023-\U0001E024\U0001E026-\U0001E02A"
    r"\U0001E130-\U0001E136\U0001E2AE\U0001E2EC-\U0001E2EF\U0001E8D0-\U0001E8D6\U0001E944-\U0001E94A\U000E0001"
    r"\U000E0020-\U000E007F"
)
FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION hrdd_unmarked(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF octet_length(said) = char_length(said) THEN
    RETURN said;
  END IF;
  RETURN regexp_replace(replace(normalize(said, NFKD), U&'\\0345', U&'\\03B9'), '[{MARKS}]', '', 'g');
END $$;
CREATE OR REPLACE FUNCTION hrdd_pieces(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT piece), '{{}}') FROM (
    SELECT sign || lead(sign) OVER by_place AS two, sign || lead(sign) OVER by_place || lead(sign, 2) OVER by_place AS three
    FROM unnest(string_to_array(said, NULL)) WITH ORDINALITY AS signs (sign, place) WINDOW by_place AS (ORDER BY place)
  ) AS runs, unnest(ARRAY[two, three]) AS piece WHERE piece IS NOT NULL
$$;
CREATE OR REPLACE FUNCTION hrdd_said_in(document jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg(said #>> '{{}}', E'\\n'), '')
  FROM jsonb_path_query(document, 'strict $.** ? (@.type() == "string")') AS said
$$;
"""
FORGOTTEN = """
DROP FUNCTION hrdd_said_in(jsonb);
DROP FUNCTION hrdd_pieces(text);
DROP FUNCTION hrdd_unmarked(text);
"""
PUBLISHED = Q(published=True)
RISK = Words("title", "summary")
CONSULTATION = Words("title", "question", "proxy_reasons", "limits", "summary", SaidIn("breakdown"))
FINDING = Words("you_said", "theme", "we_did", "reasons")
STATEMENT = Words("text", Coalesce(KT("content__content_type_other"), Value("")))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("risks", "0019_words_as_people_say_them")]
    operations = [
        migrations.RunSQL(FUNCTIONS, FORGOTTEN),
        AddIndexConcurrently(
            "risk", GinIndex(Pieces(Unmarked(RISK)), name="risk_names", condition=PUBLISHED)
        ),
        AddIndexConcurrently(
            "consultation",
            GinIndex(Pieces(Unmarked(CONSULTATION)), name="consultation_names", condition=PUBLISHED),
        ),
        AddIndexConcurrently(
            "consultationfinding", GinIndex(Pieces(Unmarked(FINDING)), name="consultation_finding_names")
        ),
        AddIndexConcurrently(
            "statementofreasons", GinIndex(Pieces(Unmarked(STATEMENT)), name="statement_names")
        ),
    ]
