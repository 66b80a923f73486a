"""What pages are made of: the permission gate, fragments, lists, form keys, drafts, components."""
