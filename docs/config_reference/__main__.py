"""`python -m docs.config_reference`: writes the page."""

from docs.config_reference.page import PAGE, make_page

PAGE.write_text(make_page(), encoding="utf-8")
print(f"Wrote {PAGE}")
