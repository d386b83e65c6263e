"""The same answers as other survey tools than Qualtrics would export them."""
