"""The built-in boards over HTTP: who may see which page, and the figures that it is made of.

What a page says and looks like stands in `dashboards`; here figures are read and pages are sent.
"""
