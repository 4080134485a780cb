package io.parcelwatch.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A YAML file that a person wrote for us, and everything that is wrong with it. Problems are collected, each with its line and key, so that
 * the person mends the file once: whoever reads settings adds theirs, and {@link #refuse} throws them all.
 *
 * <p>Only the tree is taken from the YAML: no tag makes an object, no alias repeats a value, and the file has at most 1 MiB.
 */
public final class SettingsFile {

    /** The largest file that is read. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int MAX_DEPTH = 20;
    private static final int MAX_PROBLEMS = 50;
    private static final Set<Tag> PLAIN =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.TIMESTAMP, Tag.MERGE, Tag.MAP, Tag.SEQ);

    private final String name;
    private final Map<Integer, List<String>> problems = new TreeMap<>();
    private final Setting root;

    private SettingsFile(String name, String text) {
        this.name = name;
        this.root = parsed(text);
    }

    /**
     * Reads a file.
     *
     * @throws UnusableSettingsException where it is missing, unreadable or larger than 1 MiB
     */
    public static SettingsFile read(Path path) {
        if (Files.isDirectory(path)) {
            throw new UnusableSettingsException(path + " is a folder: name the YAML file in it");
        }
        try (var in = Files.newInputStream(path)) {
            return of(path.toString(), in.readNBytes(MAX_BYTES + 1));
        } catch (NoSuchFileException e) {
            throw new UnusableSettingsException(path + " does not exist: check the path");
        } catch (IOException e) {
            throw new UnusableSettingsException(path + " cannot be read (" + e.getMessage() + ")");
        }
    }

    /**
     * Takes what a file holds.
     *
     * @param name what messages call the file
     * @throws UnusableSettingsException where it is larger than 1 MiB or no text
     */
    public static SettingsFile of(String name, byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new UnusableSettingsException(
                    name + " has more than 1 MiB and cannot be a YAML file of settings: check the path");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new SettingsFile(name, text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (CharacterCodingException e) {
            throw new UnusableSettingsException(name + " is not UTF-8: save it as UTF-8");
        }
    }

    /** The whole file: a map, empty where the file could not be read as one. */
    public Setting root() {
        return root;
    }

    /** SHA-256 of what the settings mean, hexadecimal: comments, quotes and the order of keys do not change it. */
    public String digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(root.meaning().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK knows SHA-256", e);
        }
    }

    /** Something is wrong with a setting. */
    public void problem(Setting setting, String what) {
        problem(setting.line(), setting.key(), what);
    }

    /** Something is wrong at a key, which may be missing. */
    public void problem(int line, String key, String what) {
        problems.computeIfAbsent(line, at -> new ArrayList<>()).add((key.isEmpty() ? "" : key + ": ") + what);
    }

    /** Keys of a map that are none of those known: each is a problem. */
    public void refuseUnknown(Setting map, Set<String> known) {
        if (map.entries() == null) {
            return;
        }
        map.entries().forEach((name, setting) -> {
            if (!known.contains(name)) {
                problem(
                        setting,
                        "is no key here"
                                + Similar.to(name, known)
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse(": name one of "
                                                + known.stream().sorted().collect(Collectors.joining(", "))));
            }
        });
    }

    /** The text of an entry; null where there is none, or, which is a problem, it is no single value. */
    public String text(Setting map, String name) {
        Setting setting = map.get(name);
        if (setting == null) {
            return null;
        }
        if (setting.text() == null) {
            problem(setting, "is " + setting.kind() + ", but takes one value");
        }
        return setting.text();
    }

    /** An entry as a list of texts, a single value being a list of one; empty where there is none, or it is no such list. */
    public List<Setting> texts(Setting map, String name) {
        Setting setting = map.get(name);
        if (setting == null) {
            return List.of();
        }
        List<Setting> items = setting.text() != null ? List.of(setting) : setting.items();
        if (items == null || items.stream().anyMatch(item -> item.text() == null)) {
            problem(setting, "takes one value, or a list of values as in [A, B]");
            return List.of();
        }
        return items;
    }

    /** An entry that is one of some words; null where there is none, or, which is a problem, it is another. */
    public String oneOf(Setting map, String name, List<String> words) {
        String text = text(map, name);
        if (text == null || words.contains(text)) {
            return text;
        }
        problem(map.get(name), "is " + shortened(text) + ", but takes one of " + String.join(", ", words));
        return null;
    }

    /** An entry that is {@code true} or {@code false}; null where there is none, or, which is a problem, it is neither. */
    public Boolean truth(Setting map, String name) {
        String text = oneOf(map, name, List.of("true", "false"));
        return text == null ? null : Boolean.valueOf(text);
    }

    /**
     * Throws where there is any problem.
     *
     * @throws UnusableSettingsException with a line a problem, in the order of the file
     */
    public void refuse() {
        List<String> lines = problems.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(what -> name + " line " + entry.getKey() + ": " + what))
                .toList();
        if (lines.size() > MAX_PROBLEMS) {
            List<String> first = new ArrayList<>(lines.subList(0, MAX_PROBLEMS));
            first.add(name + ": and " + (lines.size() - MAX_PROBLEMS) + " more");
            lines = first;
        }
        if (!lines.isEmpty()) {
            throw new UnusableSettingsException(lines);
        }
    }

    private Setting parsed(String text) {
        Setting nothing = new Setting("", 1, null, null, Map.of());
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_BYTES);
        try {
            Node node = new Yaml(options).compose(new StringReader(text));
            if (node == null) {
                problem(1, "", "is empty");
                return nothing;
            }
            Setting whole = setting("", 1, node, Collections.newSetFromMap(new IdentityHashMap<>()));
            if (whole == null || whole.entries() == null) {
                problem(1, "", "does not consist of keys and values, as in \"zone: Europe/Berlin\"");
                return nothing;
            }
            return whole;
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            problem(mark == null ? 1 : mark.getLine() + 1, "", "is no YAML: " + oneLine(e.getProblem()));
        } catch (YAMLException e) {
            problem(1, "", "is no YAML: " + oneLine(e.getMessage()));
        }
        return nothing;
    }

    /**
     * The setting that a node is; null where it is none, which is a problem then.
     *
     * @param at the line of its key: an alias has the mark of what it stands for
     */
    private Setting setting(String key, int at, Node node, Set<Node> seen) {
        int line = node.getStartMark().getLine() + 1;
        if (!seen.add(node)) {
            problem(at, key, "stands for a value elsewhere (*name): write it out here");
            return null;
        }
        if (!PLAIN.contains(node.getTag())) {
            problem(line, key, "has the tag " + node.getTag().getValue() + ": write the value without one");
            return null;
        }
        if (node instanceof ScalarNode scalar) {
            if (scalar.isPlain() && Tag.NULL.equals(scalar.getTag())) {
                problem(line, key, "has no value: write one, or delete the key");
                return null;
            }
            return new Setting(key, line, scalar.getValue(), null, null);
        }
        if (node instanceof SequenceNode sequence) {
            List<Setting> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                Setting setting = setting(key + "[" + (items.size() + 1) + "]", line, item, seen);
                if (setting != null) {
                    items.add(setting);
                }
            }
            return new Setting(key, line, null, items, null);
        }
        return map(key, line, (MappingNode) node, seen);
    }

    private Setting map(String key, int line, MappingNode node, Set<Node> seen) {
        Map<String, Setting> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            int at = tuple.getKeyNode().getStartMark().getLine() + 1;
            if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
                problem(at, key, "has a key that is no word");
                continue;
            }
            String word = name.getValue().strip();
            String inner = key.isEmpty() ? word : key + "." + word;
            if (entries.containsKey(word)) {
                problem(at, inner, "stands twice: delete one of them");
                continue;
            }
            Setting setting = setting(inner, at, tuple.getValueNode(), seen);
            if (setting != null) {
                entries.put(word, setting);
            }
        }
        return new Setting(key, line, null, null, entries);
    }

    /** A text for a message: at most 60 characters of it. */
    public static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    private static String oneLine(String text) {
        return text == null
                ? "it cannot be read"
                : text.lines().map(String::strip).collect(Collectors.joining(" "));
    }
}
