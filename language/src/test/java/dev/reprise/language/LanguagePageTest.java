package dev.reprise.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LanguagePageTest {
  private static final Path PAGE = Path.of("..", "docs", "language.md");

  @Test
  void everyScriptOnThePageCompiles() throws Exception {
    Matcher script =
        Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$").matcher(Files.readString(PAGE));
    int scripts = 0;
    while (script.find()) {
      if (script.group(1).isEmpty()) {
        scripts++;
        assertThat(Scripts.errors(script.group(2))).as(script.group(2)).isEmpty();
      }
    }
    assertThat(scripts).isGreaterThan(4);
  }

  @Test
  void everyBuiltinOnThePageExists() throws Exception {
    String page = Files.readString(PAGE);
    String table = page.substring(page.indexOf("## Builtins"), page.indexOf("Standard library:"));
    Matcher names = Pattern.compile("`([^`]*)`").matcher(table);
    while (names.find()) {
      for (String name : names.group(1).split(" ")) {
        if (Character.isLetter(name.charAt(0)) && !List.of("row", "col").contains(name)) {
          assertThat(Scripts.errors("x = " + name + "()"))
              .as(name)
              .noneMatch(error -> error.contains("unknown function"));
        }
      }
    }
  }
}
