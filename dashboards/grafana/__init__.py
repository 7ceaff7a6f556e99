"""Boards as dashboards of Grafana: a board in, JSON out.

Pure, but for the queries that it reads. Knows no client and no address; publishing is
`dashboards.publishing`. Written for Grafana 9.4 and what came after it.
"""
