"""What a school or a vendor installs: push events, read figures, follow alerts.

It speaks to the API over HTTP only; of the library it uses the errors, nothing that stores.
"""
