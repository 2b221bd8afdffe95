"""The staff register: who may use the service, in what role and team."""
