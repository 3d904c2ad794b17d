"""The source ``wikidata-groups``: memberships in groups, from statements of Wikidata."""
