"""What is remembered: tables, owner-scoped queries, migrations. The only SQL of the product."""
