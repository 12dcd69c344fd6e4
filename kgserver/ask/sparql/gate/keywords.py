"""The words of SPARQL: its keywords, and its functions with their arguments."""

from __future__ import annotations

from kgserver.model import names

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE")


def _words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


UPDATES = _words("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH")
_KEYWORDS = _words(
    "SELECT ASK CONSTRUCT DESCRIBE PREFIX BASE VERSION DISTINCT REDUCED AS FROM NAMED "
    "WHERE ORDER BY ASC DESC LIMIT OFFSET GROUP HAVING VALUES OPTIONAL GRAPH SERVICE "
    "SILENT BIND UNDEF MINUS UNION FILTER NOT IN EXISTS SEPARATOR TRUE FALSE A "
    "LATERAL"
)
_MANY = 999
# how many arguments functions take at least and at most
_ARITIES = (
    (0, 0, "RAND NOW UUID STRUUID"),
    (0, 1, "BNODE"),
    (1, 1, "STR LANG DATATYPE BOUND IRI URI ABS CEIL FLOOR ROUND STRLEN UCASE LCASE "
           "ENCODE_FOR_URI YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ MD5 SHA1 "
           "SHA256 SHA384 SHA512 ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC LANGDIR "
           "HASLANG HASLANGDIR SUBJECT PREDICATE OBJECT ISTRIPLE COUNT SUM MIN MAX AVG "
           "SAMPLE GROUP_CONCAT"),
    (1, 2, "ADJUST"),
    (2, 2, "LANGMATCHES CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRLANG STRDT "
           "SAMETERM"),
    (2, 3, "REGEX SUBSTR"),
    (3, 3, "IF TRIPLE STRLANGDIR"),
    (3, 4, "REPLACE"),
    (0, _MANY, "CONCAT COALESCE"),
)  # fmt: skip
FUNCTIONS = {
    word: (least, most) for least, most, text in _ARITIES for word in _words(text)
}
KNOWN = _KEYWORDS | FUNCTIONS.keys()
AGGREGATES = frozenset(["COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"])
# The functions of the engine that are called by an IRI: casts and those of GeoSPARQL.
_CASTS = (
    "boolean date dateTime dayTimeDuration decimal double duration float gDay gMonth "
    "gMonthDay gYear gYearMonth integer string time yearMonthDuration"
)
_GEOMETRY = (
    "area asGeoJSON centroid convexHull coordinateDimension difference dimension "
    "distance ehContains ehCoveredBy ehCovers ehDisjoint ehEquals ehInside ehMeet "
    "ehOverlap envelope getSRID intersection isEmpty isSimple length perimeter rcc8dc "
    "rcc8ec rcc8eq rcc8ntpp rcc8ntppi rcc8po rcc8tpp rcc8tppi relate sfContains "
    "sfCrosses sfDisjoint sfEquals sfIntersects sfOverlaps sfTouches sfWithin "
    "spatialDimension symDifference union"
)
FUNCTION_IRIS = (
    *(names.XSD + each for each in _CASTS.split()),
    *(names.WELL_KNOWN["geof"] + each for each in _GEOMETRY.split()),
)
