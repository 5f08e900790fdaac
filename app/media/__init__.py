"""Evidence files: photos and documents, hashed, inspected, stored, shown in smaller forms."""
