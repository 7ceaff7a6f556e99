"""Boards as pages of this server: what their queries gave in, what templates print out.

Pure. Knows no database, no request and no HTML; the pages are `dashboards.pages`.
"""
