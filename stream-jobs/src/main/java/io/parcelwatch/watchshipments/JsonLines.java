package io.parcelwatch.watchshipments;

import io.parcelwatch.wire.PayloadHeaders;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.reader.SimpleStreamFormat;
import org.apache.flink.connector.file.src.reader.StreamFormat;
import org.apache.flink.core.fs.FSDataInputStream;

/**
 * The lines of a file, numbered from 1, blank ones left out. A line of more than 1 MiB is not held in memory: it becomes a record with a
 * defect, and reading goes on behind it.
 */
final class JsonLines extends SimpleStreamFormat<RawRecord> {

    private static final long serialVersionUID = 1L;

    private final String file;

    /** @param file the file's name as coordinates should give it */
    JsonLines(String file) {
        this.file = file;
    }

    @Override
    public StreamFormat.Reader<RawRecord> createReader(Configuration configuration, FSDataInputStream stream) {
        return new Reader(stream);
    }

    @Override
    public TypeInformation<RawRecord> getProducedType() {
        return TypeInformation.of(RawRecord.class);
    }

    private final class Reader implements StreamFormat.Reader<RawRecord> {
        private final InputStream in;
        private long line;

        Reader(InputStream stream) {
            in = new BufferedInputStream(stream, 1 << 16);
        }

        @Override
        public RawRecord read() throws IOException {
            while (true) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
                long length = 0;
                boolean blank = true;
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                line++;
                for (; b >= 0 && b != '\n'; b = in.read()) {
                    length++;
                    blank &= b == ' ' || b == '\t' || b == '\r' || (line == 1 && length <= 3 && isByteOrderMark(b));
                    if (length <= PayloadHeaders.MAX_PAYLOAD_BYTES) {
                        bytes.write(b);
                    }
                }
                if (!blank) {
                    return record(bytes.toByteArray(), length);
                }
            }
        }

        private RawRecord record(byte[] bytes, long length) {
            boolean tooLong = length > PayloadHeaders.MAX_PAYLOAD_BYTES;
            return new RawRecord(
                    file + ":" + line,
                    null,
                    null,
                    "line",
                    null,
                    null,
                    line == 1 ? withoutByteOrderMark(bytes) : bytes,
                    tooLong ? "a line of " + length + " bytes, at most 1 MiB is read; its beginning is kept" : null);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private static boolean isByteOrderMark(int b) {
        return b == 0xEF || b == 0xBB || b == 0xBF;
    }

    private static byte[] withoutByteOrderMark(byte[] bytes) {
        boolean marked = bytes.length >= 3
                && isByteOrderMark(bytes[0] & 0xFF)
                && isByteOrderMark(bytes[1] & 0xFF)
                && isByteOrderMark(bytes[2] & 0xFF);
        return marked ? java.util.Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
    }
}
