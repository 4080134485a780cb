package io.parcelwatch.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamException;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

/**
 * Reads a file block by block. Spring Batch counts the items of a chunk, but memory counts bytes: a block ends after {@value #MAX_RECORDS}
 * records or {@value #MAX_BYTES} bytes, whichever comes first, so that a file of megabyte records needs no more heap than one of small ones.
 * The step that uses it commits after every block.
 *
 * <p>Where to go on after a restart stands in {@code import_file}, which the writer advances in the block's transaction, and not in the
 * execution context: staged rows may be purged, and then the file starts from its beginning, which only the database knows.
 */
public final class BlockReader<T> implements ItemStreamReader<Block<T>> {

    /** Records of a block at most. */
    public static final int MAX_RECORDS = 5_000;

    /** Bytes of a block at most, one record more or less. */
    public static final int MAX_BYTES = 4 << 20;

    /**
     * Opens the file's records at a place.
     *
     * @param <T> what an accepted record is
     */
    @FunctionalInterface
    public interface Opener<T> {
        /**
         * @param offset bytes of text before the first record to read; 0 for the first of the file
         * @param line   physical line of that record; of no meaning where the offset is 0
         */
        Records<T> open(long offset, long line) throws IOException;

        /** What was found from the whole file about how it writes; kept, so that single records of it are read in the same way later. */
        default Conventions decided() {
            return Conventions.UNKNOWN;
        }
    }

    private final ImportFiles files;
    private final ImportFile file;
    private final Opener<T> opener;
    private Records<T> records;

    public BlockReader(ImportFiles files, ImportFile file, Opener<T> opener) {
        this.files = files;
        this.file = file;
        this.opener = opener;
    }

    @Override
    public void open(ExecutionContext context) {
        ImportFiles.Position position = files.staged(file);
        if (position.whole()) {
            return;
        }
        try {
            records = opener.open(position.offset(), position.line());
        } catch (IOException e) {
            throw new ItemStreamException(file.path() + " cannot be read (" + e.getMessage() + "): run again", e);
        }
    }

    @Override
    public Block<T> read() {
        if (records == null) {
            return null;
        }
        List<T> accepted = new ArrayList<>();
        List<RecordWarning> warnings = new ArrayList<>();
        List<RejectedRecord> rejected = new ArrayList<>();
        long bytes = 0;
        try {
            while (accepted.size() + rejected.size() < MAX_RECORDS && bytes < MAX_BYTES) {
                Records.Read<T> record = records.next();
                if (record == null) {
                    Block<T> last = new Block<>(accepted, warnings, rejected, records.offset(), records.line(), true);
                    close();
                    return last;
                }
                if (record.rejected() == null) {
                    accepted.add(record.accepted());
                    warnings.addAll(record.warnings());
                } else {
                    rejected.add(record.rejected());
                }
                bytes += record.bytes();
            }
            return new Block<>(accepted, warnings, rejected, records.offset(), records.line(), false);
        } catch (IOException e) {
            throw new UncheckedIOException(file.path() + " cannot be read (" + e.getMessage() + "): run again", e);
        }
    }

    @Override
    public void close() {
        if (records != null) {
            try {
                records.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                records = null;
            }
        }
    }
}
