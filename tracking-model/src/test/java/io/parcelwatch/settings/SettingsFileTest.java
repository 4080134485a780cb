package io.parcelwatch.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SettingsFileTest {

    @TempDir
    Path folder;

    private SettingsFile file(String yaml) {
        return file(yaml.getBytes(StandardCharsets.UTF_8));
    }

    private SettingsFile file(byte[] yaml) {
        try {
            return SettingsFile.read(Files.write(folder.resolve("s.yaml"), yaml));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> problems(SettingsFile file) {
        return catchThrowableOfType(UnusableSettingsException.class, file::refuse).problems().stream()
                .map(problem -> problem.replace(folder + "/", ""))
                .toList();
    }

    @Test
    void valuesAreTheTextsThatWereWritten() {
        SettingsFile file = file("country: no\nversion: 1.10\nday: 2026-01-01\nnames: [on, ~x, '']\n");

        file.refuse();
        assertThat(file.text(file.root(), "country")).isEqualTo("no");
        assertThat(file.text(file.root(), "version")).isEqualTo("1.10");
        assertThat(file.text(file.root(), "day")).isEqualTo("2026-01-01");
        assertThat(file.texts(file.root(), "names")).extracting(Setting::text).containsExactly("on", "~x", "");
        assertThat(file.texts(file.root(), "names").get(1).key()).isEqualTo("names[2]");
    }

    @Test
    void everyProblemIsToldWithItsLineAndKeyInTheOrderOfTheFile() {
        SettingsFile file = file("""
                a:
                  b: [1, 2]
                  b: 3
                c:
                colour: red
                d: maybe
                """);
        file.truth(file.root(), "d");
        file.refuseUnknown(file.root(), Set.of("a", "c", "d", "color"));
        file.text(file.root().get("a"), "b");

        assertThat(problems(file))
                .containsExactly(
                        "s.yaml line 2: a.b: is a list, but takes one value",
                        "s.yaml line 3: a.b: stands twice: delete one of them",
                        "s.yaml line 4: c: has no value: write one, or delete the key",
                        "s.yaml line 5: colour: is no key here; did you mean color?",
                        "s.yaml line 6: d: is maybe, but takes one of true, false");
    }

    @Test
    void noTagMakesAnObjectAndNoAliasRepeatsAValue() {
        assertThat(problems(file("a: !!javax.script.ScriptEngineManager [!!java.net.URL ['http://localhost/']]\n"))
                        .get(0))
                .startsWith("s.yaml line 1: is no YAML: Global tag is not allowed");
        assertThat(problems(file("a: !secret x\n")))
                .containsExactly("s.yaml line 1: a: has the tag !secret: write the value without one");
        assertThat(problems(file("a: &x [lol, lol]\nb: *x\n")))
                .containsExactly("s.yaml line 2: b: stands for a value elsewhere (*name): write it out here");
        assertThat(problems(file("a: &x {b: *x}\n")))
                .containsExactly("s.yaml line 1: a.b: stands for a value elsewhere (*name): write it out here");
    }

    @Test
    void aBombOfAliasesCostsNothing() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [lol, lol, lol]\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1)));
        }
        assertThat(problems(file(bomb.toString())).get(0)).startsWith("s.yaml line 1: is no YAML: Number of aliases");
    }

    @Test
    void whatIsNoYamlIsSaidWithItsLine() {
        assertThat(problems(file("a: 1\nb: [1, 2\nc: 3\n")).get(0)).startsWith("s.yaml line 3: is no YAML: ");
        assertThat(problems(file("a: 1\n\tb: 2\n")).get(0)).startsWith("s.yaml line 2: is no YAML: ");
        assertThat(problems(file("just words\n")).get(0))
                .isEqualTo("s.yaml line 1: does not consist of keys and values, as in \"zone: Europe/Berlin\"");
        assertThat(problems(file("# nothing\n"))).containsExactly("s.yaml line 1: is empty");
        assertThat(problems(file("a: 1\n---\nb: 2\n")).get(0)).startsWith("s.yaml line 2: is no YAML: ");
        assertThat(problems(file("[".repeat(200_000))).get(0)).contains("is no YAML");
        assertThat(problems(file("? [a, b]\n: 1\n"))).containsExactly("s.yaml line 1: has a key that is no word");
    }

    @Test
    void aFileThatCannotBeSettingsIsRefusedUnread() throws IOException {
        Path large = Files.write(folder.resolve("large.yaml"), new byte[10 << 20]);

        assertThatThrownBy(() -> SettingsFile.read(large)).hasMessageContaining("more than 1 MiB");
        assertThatThrownBy(() -> SettingsFile.read(folder)).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> SettingsFile.read(folder.resolve("none.yaml"))).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> file(new byte[] {'a', ':', ' ', (byte) 0xFC})).hasMessageContaining("is not UTF-8");
    }

    @Test
    void theDigestIsThatOfTheMeaning() {
        String digest = file("a: 1\nb: {c: x, d: [1, 2]}\n").digest();

        assertThat(file("# hello\nb:\n  d:\n  - '1'\n  - 2 # two\n  c: \"x\"\n\na: 1")
                        .digest())
                .isEqualTo(digest);
        assertThat(file("a: 1\nb: {c: x, d: [2, 1]}\n").digest()).isNotEqualTo(digest);
        assertThat(file("a: 1\nb: {c: x, d: [12]}\n").digest()).isNotEqualTo(digest);
    }
}
