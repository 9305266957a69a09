"""The site's charts and plates as SVG: pure functions, words passed in already translated."""
