package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Classes and methods that a page names are there: names change, and pages stay behind. */
class DocumentationNamesTest {
  private static final Path ROOT = ScriptOutput.projectRoot();

  /** A name as of a class, perhaps with packages before it and a member behind it. */
  private static final Pattern NAME =
      Pattern.compile("`(?:[a-z]\\w*\\.)*([A-Z][a-z\\d]+[A-Z]\\w*)(?:\\.(\\w+))?`");

  private static final Pattern DECLARED =
      Pattern.compile("\\b(?:class|interface|record|enum) ([A-Z]\\w+)");

  /** Names of Java's, of the JVM's options and of others. */
  private static final Set<String> FOREIGN =
      Set.of(
          "NaN",
          "CancellationException",
          "IllegalArgumentException",
          "IllegalStateException",
          "NullPointerException",
          "LinkedHashMap",
          "StrictMath",
          "FreqInlineSize",
          "InlineSmallCode",
          "SkipTier2IfPossible",
          "Tier0InvokeNotifyFreqLog",
          "Tier2BackedgeNotifyFreqLog",
          "Tier2InvokeNotifyFreqLog",
          "MultiheadAttention");

  /** Has names of scripts' results, which {@link LibraryPageTest} compares. */
  private static final Path LIBRARY_PAGE = ROOT.resolve("docs/library.md");

  @Test
  void everyClassThatAPageNamesIsThere() throws IOException {
    Map<String, String> sources = sourcesByClass();
    Set<String> missing = new TreeSet<>();
    int names = 0;
    List<Path> pages = new ArrayList<>(DocumentationLinksTest.pages());
    assertThat(pages.remove(LIBRARY_PAGE)).isTrue();
    for (Path page : pages) {
      Matcher name = NAME.matcher(Files.readString(page));
      while (name.find()) {
        names++;
        if (!FOREIGN.contains(name.group(1)) && !isThere(sources, name.group(1), name.group(2))) {
          missing.add(ROOT.relativize(page) + ": " + name.group());
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(names).isGreaterThan(300);
  }

  private static boolean isThere(Map<String, String> sources, String type, String member) {
    String source = sources.get(type);
    return source != null
        && (member == null || Pattern.compile("\\b" + member + "\\b").matcher(source).find());
  }

  /** The text of the file that each class is in. */
  private static Map<String, String> sourcesByClass() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (Path file : files()) {
      String text = Files.readString(file);
      Matcher declared = DECLARED.matcher(text);
      while (declared.find()) {
        sources.merge(declared.group(1), text, String::concat);
      }
    }
    return sources;
  }

  private static List<Path> files() throws IOException {
    Set<Path> files = new TreeSet<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.toList()) {
        for (String folder : List.of("src/main/java", "src/test/java")) {
          if (Files.isDirectory(module.resolve(folder))) {
            try (Stream<Path> tree = Files.walk(module.resolve(folder))) {
              tree.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            }
          }
        }
      }
    }
    return List.copyOf(files);
  }
}
