package io.parcelwatch.importorders;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.validator.routines.DomainValidator;
import org.apache.commons.validator.routines.EmailValidator;

/** E-mail addresses as exports hold them, and as mail can reach them. Of one thread. */
final class EmailAddresses {

    private static final int DOMAINS = 10_000;

    /** What nearly all addresses look like before the at sign; the library decides about the others. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_+-]+(\\.[A-Za-z0-9_+-]+)*");

    private final EmailValidator library = EmailValidator.getInstance();
    private final DomainValidator domains = DomainValidator.getInstance();

    /** A file has many addresses and few domains. */
    private final Map<String, Boolean> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > DOMAINS;
        }
    };

    /** The address with its domain in small letters; null where it is none. */
    String normal(String written) {
        int at = written.lastIndexOf('@');
        if (at < 1 || written.length() > 254) {
            return null;
        }
        String local = written.substring(0, at);
        String domain = written.substring(at + 1).toLowerCase(Locale.ROOT);
        String address = local + "@" + domain;
        boolean valid = local.length() <= 64 && PLAIN.matcher(local).matches()
                ? known.computeIfAbsent(domain, domains::isValid)
                : library.isValid(address);
        return valid ? address : null;
    }
}
