package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.RandomStatements;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that change between runs of random scripts, of which some write what they and others read:
 * whoever remembers contents, a session or a store, prints and leaves what a run does that
 * remembers nothing. All files have the same times, and most the same size, whatever they hold.
 */
class RandomFilesTest {
  /** More with {@code -Dreprise.programs=N}, others with {@code -Dreprise.first=SEED}. */
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 2);

  private static final int FIRST = Integer.getInteger("reprise.first", 0);
  private static final int RUNS = 7;
  private static final FileTime TIME = FileTime.fromMillis(1_000_000);

  @TempDir private Path folder;

  static final class Programs extends RandomStatements {
    private static final String BEGIN =
        """
        load = function(String f) return (Matrix[Double] A) {
          A = read(f, format="csv")
          A = A %*% diag(matrix(seq(1, ncol(A)), ncol(A), 1))
        }
        gram = function(Matrix[Double] A) return (Double s) {
          s = sum((A %*% t(A)) %*% A) %% 1009
        }
        A = matrix(seq(1, 200), 40, 5)
        s = 1
        """;

    Programs(long seed) {
      super(seed);
    }

    private String file() {
      return pick("a.csv", "b.csv", "a.csv", "l", "p", "o.csv");
    }

    @Override
    protected String statement(int depth) {
      return switch (below(depth > 1 ? 13 : 16)) {
        case 0, 1, 2 -> "A = read(\"%s\", format=\"csv\")\ns = s + gram(A)\n".formatted(file());
        case 3, 4 -> "A = load(\"%s\")\ns = s + gram(A)\n".formatted(file());
        case 5 ->
            "A = read(\"%s\")\ns = s + gram(A)\n".formatted(pick("a.csv", "o.csv", "o", "b.csv"));
        case 6 ->
            "F = read(\"%s\", data_type=\"frame\", format=\"csv\", header=%s)\nprint(nrow(F) + toString(F[1, ]))\n"
                .formatted(pick("a.csv", "b.csv"), pick("TRUE", "FALSE"));
        case 7 ->
            "write(A %%%% 89, \"%s\", format=\"%s\")\n"
                .formatted(
                    pick("o.csv", "o.csv", "o", "a.csv"), pick("csv", "csv", "text", "binary"));
        case 8 -> "write(A %% 83, \"o.csv\", format=\"csv\")\nA = load(\"o.csv\")\n";
        case 9 -> "write(s, \"s\")\n";
        case 10 -> "s = s + read(\"s\", data_type=\"scalar\", value_type=\"double\")\n";
        case 11 ->
            "if (file.exists(\"%1$s\")) s = s + gram(read(\"%1$s\"))\n"
                .formatted(pick("o", "a.csv"));
        case 12 -> "print(s + \" \" + sum(A))\n";
        case 13 ->
            "write(list(A=A, s=s), \"m\")\nL = read(\"m\")\ns = s + gram(as.matrix(L[\"A\"]))\n";
        case 14 ->
            """
            for (%1$s in 1:3) {
              write((A + %1$s) %%%% 97, "o.csv", format="csv")
              s = s + gram(read("%2$s", format="csv"))
            %3$s}
            """
                .formatted(fresh("i"), pick("o.csv", "a.csv"), statements(depth + 1));
        default ->
            "parfor (%1$s in 1:3) {\nB = load(\"%2$s\")\nz = gram(B + %1$s)\n}\n"
                .formatted(fresh("i"), pick("a.csv", "b.csv"));
      };
    }

    String next() {
      return BEGIN + statements(0) + statements(0) + "print(s + \" \" + sum(A))\n";
    }

    private String cells() {
      String first = "" + (1 + below(2));
      StringBuilder text = new StringBuilder();
      for (int row = 0; row < 40; row++) {
        text.append(first).append(",2,3,4,").append(row % 10).append('\n');
      }
      return text.toString();
    }

    String either(List<String> of) {
      return of.get(below(of.size()));
    }

    List<Change> changes() {
      List<Change> some = new ArrayList<>();
      for (int i = below(3); i > 0; i--) {
        some.add(change());
      }
      return some;
    }

    /** Something that happens to the files of a folder. */
    private Change change() {
      String file = pick("a.csv", "b.csv", "a.csv", "p/1", "p/2");
      String cells = cells();
      return switch (below(14)) {
        case 0, 1, 2 -> place -> Files.writeString(place.resolve(file), cells);
        case 3 ->
            place -> {
              Files.writeString(place.resolve("new"), cells);
              Files.move(
                  place.resolve("new"), place.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            };
        case 4, 5 ->
            place -> {
              move(place, "a.csv", "new");
              move(place, "b.csv", "a.csv");
              move(place, "new", "b.csv");
            };
        case 6, 7 -> {
          String sidecar =
              pick(
                  "{\"format\": \"csv\", \"header\": true}",
                  "{\"format\": \"csv\", \"header\": false}",
                  "{\"format\": \"csv\", \"header\": true, \"sep\": \",\"}");
          yield place -> Files.writeString(place.resolve("a.csv.mtd"), sidecar);
        }
        case 8 -> place -> Files.deleteIfExists(place.resolve("a.csv.mtd"));
        case 9 -> {
          String to = pick("a.csv", "b.csv");
          yield place -> {
            Files.deleteIfExists(place.resolve("l"));
            Files.createSymbolicLink(place.resolve("l"), Path.of(to));
          };
        }
        case 10 -> place -> Files.deleteIfExists(place.resolve("b.csv"));
        case 11 -> {
          String old = pick("o", "o.csv", "s", "o.csv.mtd");
          yield place -> Files.deleteIfExists(place.resolve(old));
        }
        default -> _ -> {};
      };
    }

    private static void move(Path place, String from, String to) throws IOException {
      if (Files.exists(place.resolve(from))) {
        Files.move(place.resolve(from), place.resolve(to), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** What happens to a folder. */
  @FunctionalInterface
  interface Change {
    void to(Path folder) throws IOException;
  }

  @Test
  void whoRemembersContentsPrintsAndWritesWhatOneDoesWhoDoesNot() throws IOException {
    for (long seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
      check(seed);
    }
  }

  private void check(long seed) throws IOException {
    Programs programs = new Programs(seed);
    Path plain = begin("plain" + seed);
    Path stored = begin("stored" + seed);
    Path cached = begin("cached" + seed);
    List<String> scripts = List.of(programs.next(), programs.next());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    StringBuilder history = new StringBuilder();
    try (Session session =
        Reprise.session(Scripts.config().withWorkingDirectory(cached).withOutput(out, out))) {
      for (int run = 0; run < RUNS; run++) {
        String script = programs.either(scripts);
        history.append("run ").append(scripts.indexOf(script)).append('\n');
        String what = "%d%n%s%s".formatted(seed, history, scripts);
        SessionConfig none = Scripts.config().withReuse(ReuseMode.NONE).withWorkingDirectory(plain);
        String expected = nameless(Endings.of(none, script), plain);
        SessionConfig config =
            Scripts.config()
                .withWorkingDirectory(stored)
                .withStore(Scripts.keepingAll(folder.resolve("store")));
        assertThat(nameless(Endings.recalledOf(config, script), stored))
            .as(what)
            .isEqualTo(expected);
        bytes.reset();
        String end = Endings.end(session, script, CompileOptions.none());
        String text = bytes.toString(StandardCharsets.UTF_8) + end;
        assertThat(nameless(text, cached)).as(what).isEqualTo(expected);
        Map<String, String> files = files(plain);
        assertThat(files(stored)).as(what).isEqualTo(files);
        assertThat(files(cached)).as(what).isEqualTo(files);
        List<Change> changes = programs.changes();
        for (Path place : List.of(plain, stored, cached)) {
          for (Change change : changes) {
            change.to(place);
          }
          settle(place);
        }
      }
    }
  }

  private Path begin(String name) throws IOException {
    Path place = Files.createDirectories(folder.resolve(name + "/p")).getParent();
    String row = "1,2,3,4,5\n";
    for (String file : List.of("a.csv", "b.csv", "p/1", "p/2")) {
      Files.writeString(place.resolve(file), row.repeat(40));
    }
    Files.createSymbolicLink(place.resolve("l"), Path.of("a.csv"));
    settle(place);
    return place;
  }

  /** Gives all files one time of change. */
  private static void settle(Path place) throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, TIME);
      }
    }
  }

  /** Without the name of the folder, which some errors have. */
  private static String nameless(String text, Path place) {
    return text.replace(place.toString(), "folder");
  }

  /** All files but traces, which a run without reuse does not write. */
  private static Map<String, String> files(Path place) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.toList()) {
        String name = place.relativize(file).toString();
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !name.endsWith(".lineage")) {
          found.put(name, Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return found;
  }
}
