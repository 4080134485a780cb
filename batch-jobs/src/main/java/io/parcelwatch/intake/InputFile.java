package io.parcelwatch.intake;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.io.input.ReaderInputStream;

/**
 * A file to import that was looked at: it exists, holds text and is known by its content.
 *
 * @param path    where it is
 * @param digest  SHA-256 of its content, hexadecimal
 * @param size    in bytes
 * @param charset how its text is encoded: UTF-8, or what its byte order mark says
 * @param bom     how many bytes of byte order mark stand before its text
 */
public record InputFile(Path path, String digest, long size, Charset charset, int bom) {

    private static final int LOOKED_AT = 8192;
    static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

    /**
     * Looks at a file; reads it once from end to end.
     *
     * @throws UnusableInputException where it is missing, unreadable, empty or no text
     */
    public static InputFile look(Path path) {
        if (Files.isDirectory(path)) {
            throw new UnusableInputException(path + " is a folder: name the files in it");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] head = in.readNBytes(LOOKED_AT);
            refuseWhatIsNoText(path, head);
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(head);
            long size = head.length;
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                sha256.update(buffer, 0, read);
                size += read;
            }
            return new InputFile(
                    path, HexFormat.of().formatHex(sha256.digest()), size, charset(head), byteOrderMark(head));
        } catch (NoSuchFileException e) {
            throw new UnusableInputException(path + " does not exist: check the path");
        } catch (AccessDeniedException e) {
            throw new UnusableInputException(path + " may not be read by this user: change its permissions");
        } catch (IOException e) {
            throw new UnusableInputException(path + " cannot be read (" + e.getMessage() + ")");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK knows SHA-256", e);
        }
    }

    /**
     * The file's text as UTF-8, without byte order mark.
     *
     * @param offset bytes of that text to pass over
     */
    public InputStream open(long offset) throws IOException {
        InputStream in = Files.newInputStream(path);
        try {
            in.skipNBytes(bom);
            if (!charset.equals(StandardCharsets.UTF_8)) {
                in = ReaderInputStream.builder()
                        .setReader(new InputStreamReader(in, charset))
                        .setCharset(StandardCharsets.UTF_8)
                        .get();
            }
            in.skipNBytes(offset);
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** The same file, its text encoded as somebody says who knows; a byte order mark knows better. */
    public InputFile in(Charset told) {
        return bom > 0 ? this : new InputFile(path, digest, size, told, 0);
    }

    /**
     * The same file, read as windows-1252 where it seems to be that: it has no byte order mark, more bytes that are no UTF-8 than characters
     * that are, and none that windows-1252 does not use. So a file that is UTF-8 but for some records stays UTF-8. For formats that are known
     * to come both ways; reads the file once.
     */
    public InputFile orWindows1252() {
        if (bom > 0 || !charset.equals(StandardCharsets.UTF_8)) {
            return this;
        }
        long characters = 0;
        long others = 0;
        int wanted = 0;
        int had = 0;
        try (InputStream in = Files.newInputStream(path)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    int b = buffer[i] & 0xFF;
                    // These five mean nothing in windows-1252; within a character of UTF-8 they are as good as others.
                    if (b == 0x81 || b == 0x8D || b == 0x8F || b == 0x90 || b == 0x9D) {
                        others = had > 0 ? others : Long.MIN_VALUE;
                    }
                    if (had > 0 && b >= 0x80 && b < 0xC0) {
                        had++;
                        if (had == wanted) {
                            characters++;
                            had = 0;
                        }
                        continue;
                    }
                    others += had;
                    wanted = b >= 0xC2 && b < 0xE0 ? 2 : b >= 0xE0 && b < 0xF0 ? 3 : b >= 0xF0 && b < 0xF5 ? 4 : 0;
                    had = wanted > 0 ? 1 : 0;
                    others += b >= 0x80 && wanted == 0 ? 1 : 0;
                }
            }
        } catch (IOException e) {
            throw new UnusableInputException(path + " cannot be read (" + e.getMessage() + ")");
        }
        return others + had > characters ? in(WINDOWS_1252) : this;
    }

    /** Its name without its folder. */
    public String name() {
        Path name = path.getFileName();
        return name == null ? path.toString() : name.toString();
    }

    private static Charset charset(byte[] head) {
        if (startsWith(head, 0xFF, 0xFE)) {
            return StandardCharsets.UTF_16LE;
        }
        return startsWith(head, 0xFE, 0xFF) ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8;
    }

    private static int byteOrderMark(byte[] head) {
        if (startsWith(head, 0xEF, 0xBB, 0xBF)) {
            return 3;
        }
        return charset(head).equals(StandardCharsets.UTF_8) ? 0 : 2;
    }

    private static void refuseWhatIsNoText(Path path, byte[] head) {
        Charset charset = charset(head);
        int bom = byteOrderMark(head);
        // Byte by byte where it should be UTF-8: what is no UTF-8 is told of its record later.
        String text = new String(
                head,
                bom,
                head.length - bom,
                charset.equals(StandardCharsets.UTF_8) ? StandardCharsets.ISO_8859_1 : charset);
        if (text.isBlank()) {
            throw new UnusableInputException(path + " is empty: export it again");
        }
        if (startsWith(head, 'P', 'K', 3, 4)) {
            throw new UnusableInputException(path + " is a ZIP archive or a workbook: unpack it, or save it as CSV");
        }
        if (startsWith(head, 0x1F, 0x8B)) {
            throw new UnusableInputException(path + " is compressed: unpack it first (gunzip)");
        }
        long controls = text.chars()
                .filter(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f')
                .count();
        // A stray NUL in a text costs its record; a file full of control characters is none.
        if (controls > text.length() / 50) {
            throw new UnusableInputException(path + " is binary, not text: check that it is the right file");
        }
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xFF) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
