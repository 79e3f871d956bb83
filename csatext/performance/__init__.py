"""What KPIs say: their values by cell, about people, about causes, and what to do."""
