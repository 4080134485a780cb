package io.parcelwatch.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamException;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

/**
 * Reads a file block by block. Spring Batch counts the items of a chunk, but memory counts bytes: a block ends after {@value #MAX_RECORDS}
 * records or {@value #MAX_BYTES} bytes, whichever comes first, so that a file of megabyte records needs no more heap than one of small ones.
 * The step that uses it commits after every block. A thread of its own reads the next blocks, and makes the rows of their records, while one is
 * written.
 *
 * <p>Where to go on after a restart stands in {@code import_file}, which the writer advances in the block's transaction, and not in the
 * execution context: staged rows may be purged, and then the file starts from its beginning, which only the database knows.
 */
public final class BlockReader<T> implements ItemStreamReader<Block> {

    /** Records of a block at most. */
    public static final int MAX_RECORDS = 5_000;

    /** Bytes of a block at most, one record more or less. */
    public static final int MAX_BYTES = 2 << 20;

    /** Blocks that are parsed and wait to be written, at most; one more is being parsed. */
    private static final int AHEAD = 1;

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
    private final Supplier<? extends StagedRows<T>> rows;
    private final BlockingQueue<Parsed> ahead = new ArrayBlockingQueue<>(AHEAD);
    private Thread parser;

    /** @param rows begins the rows of a block */
    public BlockReader(ImportFiles files, ImportFile file, Opener<T> opener, Supplier<? extends StagedRows<T>> rows) {
        this.files = files;
        this.file = file;
        this.opener = opener;
        this.rows = rows;
    }

    /** What the parsing thread hands over: a block, or why there is none. */
    private record Parsed(Block block, Throwable failure) {}

    @Override
    public void open(ExecutionContext context) {
        ImportFiles.Position position = files.staged(file);
        if (position.whole()) {
            return;
        }
        parser = new Thread(() -> parse(position), "parse " + file.input().name());
        parser.setDaemon(true);
        parser.start();
    }

    private void parse(ImportFiles.Position position) {
        try {
            try (Records<T> records = opener.open(position.offset(), position.line())) {
                Block block;
                do {
                    block = next(records);
                    ahead.put(new Parsed(block, null));
                } while (!block.last());
            } catch (InterruptedException e) {
                throw e;
            } catch (IOException e) {
                ahead.put(new Parsed(
                        null,
                        new UncheckedIOException(
                                file.path() + " cannot be read (" + e.getMessage() + "): run again", e)));
            } catch (Exception | Error e) {
                ahead.put(new Parsed(null, e));
            }
        } catch (InterruptedException e) {
            // Closed: nobody waits for more.
        }
    }

    private Block next(Records<T> records) throws IOException {
        StagedRows<T> staged = rows.get();
        int accepted = 0;
        List<RecordWarning> warnings = new ArrayList<>();
        List<RejectedRecord> rejected = new ArrayList<>();
        long bytes = 0;
        while (accepted + rejected.size() < MAX_RECORDS && bytes < MAX_BYTES) {
            Records.Read<T> record = records.next();
            if (record == null) {
                return new Block(staged, accepted, warnings, rejected, records.offset(), records.line(), true);
            }
            if (record.rejected() == null) {
                staged.add(record.accepted());
                accepted++;
                warnings.addAll(record.warnings());
            } else {
                rejected.add(record.rejected());
            }
            bytes += record.bytes();
        }
        return new Block(staged, accepted, warnings, rejected, records.offset(), records.line(), false);
    }

    @Override
    public Block read() {
        if (parser == null) {
            return null;
        }
        try {
            Parsed parsed = ahead.take();
            if (parsed.failure() instanceof RuntimeException e) {
                throw e;
            }
            if (parsed.failure() instanceof Error e) {
                throw e;
            }
            if (parsed.block() == null) {
                throw new IllegalStateException(parsed.failure());
            }
            if (parsed.block().last()) {
                parser = null;
            }
            return parsed.block();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ItemStreamException("interrupted while " + file.path() + " was read: run again", e);
        }
    }

    @Override
    public void close() {
        if (parser != null) {
            parser.interrupt();
            parser = null;
        }
    }
}
