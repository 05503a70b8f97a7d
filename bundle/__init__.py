"""One archive for machines without internet: wheels, font, installer, documents, example city."""
