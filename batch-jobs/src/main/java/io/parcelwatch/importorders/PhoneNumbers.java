package io.parcelwatch.importorders;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.List;

/** Phone numbers as exports hold them, and in E.164. */
final class PhoneNumbers {

    private final PhoneNumberUtil library = PhoneNumberUtil.getInstance();

    /**
     * The first of several texts that is a valid phone number, in E.164; null where none is.
     *
     * @param country ISO 3166-1 alpha-2, by whose rules a number without country code is read; may be null
     */
    String firstValid(String country, List<String> written) {
        for (String text : written) {
            String phone = e164(country, text.startsWith("'") ? text.substring(1) : text);
            if (phone != null) {
                return phone;
            }
        }
        return null;
    }

    private String e164(String country, String text) {
        try {
            PhoneNumber number = library.parse(text, country);
            return library.isValidNumber(number) ? library.format(number, PhoneNumberFormat.E164) : null;
        } catch (NumberParseException e) {
            return null;
        }
    }
}
