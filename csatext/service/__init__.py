"""KPIs of service: their definitions, and the columns by contact that they are computed from."""
