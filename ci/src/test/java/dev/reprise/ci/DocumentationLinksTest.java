package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links of the pages within the project lead to files and headings that are there. */
class DocumentationLinksTest {
  private static final Path ROOT = ScriptOutput.projectRoot();
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("(https?|mailto):.*");
  private static final Pattern EXAMPLE = Pattern.compile("\\bexamples/[a-z\\d-]+\\.dml\\b");

  @Test
  void everyLinkOfAPageLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path page : pages()) {
      for (String line : prose(page)) {
        Matcher link = LINK.matcher(line);
        while (link.find()) {
          if (!ELSEWHERE.matcher(link.group(1)).matches()) {
            links++;
            if (!leadsSomewhere(page, link.group(1))) {
              broken.add(ROOT.relativize(page) + ": " + link.group(1));
            }
          }
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(300);
  }

  @Test
  void everyExampleThatAPageNamesIsThere() throws IOException {
    List<String> missing = new ArrayList<>();
    int examples = 0;
    for (Path page : pages()) {
      Matcher example = EXAMPLE.matcher(Files.readString(page));
      while (example.find()) {
        examples++;
        if (!Files.exists(ROOT.resolve(example.group()))) {
          missing.add(ROOT.relativize(page) + ": " + example.group());
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(examples).isGreaterThan(20);
  }

  /** Headings are called as GitHub calls them; a second one of a name has -1 behind it. */
  @Test
  void anchorsAreThoseOfGitHub() {
    List<String> headings = List.of("# Does `--trap` lead?", "## A, *b*: c", "## [A](x.md), b: c");
    assertThat(anchors(headings)).containsExactlyInAnyOrder("does---trap-lead", "a-b-c", "a-b-c-1");
  }

  private static boolean leadsSomewhere(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0
        || !target.toString().endsWith(".md")
        || anchors(prose(target)).contains(link.substring(hash + 1));
  }

  private static Set<String> anchors(List<String> prose) {
    Set<String> anchors = new TreeSet<>();
    Map<String, Integer> seen = new HashMap<>();
    for (String line : prose) {
      if (line.matches("#+ .*")) {
        String name =
            line.replaceFirst("#+ ", "")
                .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
                .strip()
                .replace(' ', '-');
        int before = seen.merge(name, 1, Integer::sum) - 1;
        anchors.add(before == 0 ? name : name + "-" + before);
      }
    }
    return anchors;
  }

  /** The lines of a page outside of its blocks of code. */
  private static List<String> prose(Path page) throws IOException {
    List<String> prose = new ArrayList<>();
    boolean code = false;
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("```")) {
        code = !code;
      } else if (!code) {
        prose.add(line);
      }
    }
    return prose;
  }

  /** Pages at the top and in docs; those in bench are pasted into pages of docs. */
  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    return pages;
  }
}
