package dev.reprise.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.Diagnostic.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosticPrinterTest {
  private static final Diagnostic FINDING =
      new Diagnostic(
          Severity.ERROR,
          new Position("model.dml", 3, 9),
          5,
          "the variable 'lamda' is not defined",
          "did you mean 'lambda'?",
          "y = X * lamda");

  @Test
  void showsPlaceLineCaretAndHint() {
    assertThat(DiagnosticPrinter.print(FINDING))
        .isEqualTo(
            """
            model.dml:3:9: error: the variable 'lamda' is not defined
              y = X * lamda
                      ^~~~~
              did you mean 'lambda'?
            """);
  }

  @Test
  void caretStaysBelowTheTokenBehindTabs() {
    Diagnostic finding =
        new Diagnostic(Severity.WARNING, new Position("a.dml", 1, 3), 1, "odd", null, "\t\tx = 1");
    assertThat(DiagnosticPrinter.print(List.of(finding)))
        .isEqualTo("a.dml:1:3: warning: odd\n  \t\tx = 1\n  \t\t^\n");
  }

  @Test
  void controlCharactersOfALineAreShownInsteadOfObeyed() {
    Diagnostic finding =
        new Diagnostic(
            Severity.ERROR, new Position("a.dml", 1, 5), 1, "odd", null, "x\u001b[2J\u009b = 1");
    assertThat(DiagnosticPrinter.print(List.of(finding)))
        .isEqualTo("a.dml:1:5: error: odd\n  x\u241b[2J\ufffd = 1\n      ^\n");
  }

  /** A line of thousands of characters, as programs write matrices. */
  private static String excerpt(String before, String word, String after) {
    Position position = new Position("a.dml", 1, before.length() + 1);
    String printed =
        DiagnosticPrinter.print(
            new Diagnostic(
                Severity.ERROR, position, word.length(), "odd", null, before + word + after));
    return printed.substring(printed.indexOf('\n') + 1);
  }

  @Test
  void ofAVeryLongLineTheSurroundingsOfTheMarkAreShown() {
    String many = "1, ".repeat(2_000);
    assertThat(excerpt(many, "lamda", ", 2" + many))
        .isEqualTo(
            "  ..."
                + many.substring(many.length() - 80)
                + "lamda, 2"
                + many.substring(0, 52)
                + "...\n  "
                + " ".repeat(83)
                + "^~~~~\n");
    assertThat(excerpt("x = ", "lamda", " + " + many))
        .isEqualTo("  x = lamda + " + many.substring(0, 52) + "...\n      ^~~~~\n");
    assertThat(excerpt(many, "lamda", ")"))
        .isEqualTo(
            "  ..."
                + many.substring(many.length() - 80)
                + "lamda)\n  "
                + " ".repeat(83)
                + "^~~~~\n");
    assertThat(excerpt(many, "", ""))
        .isEqualTo("  ..." + many.substring(many.length() - 80) + "\n  " + " ".repeat(83) + "^\n");
    String word = "x".repeat(5_000);
    assertThat(excerpt("", word, " = 1"))
        .isEqualTo("  " + "x".repeat(60) + "...\n  ^" + "~".repeat(59) + "\n");
  }

  @Test
  void aLineThatATerminalShowsIsShownWhole() {
    String line = "1".repeat(194);
    assertThat(excerpt(line, "lamda", ""))
        .isEqualTo("  " + line + "lamda\n  " + " ".repeat(194) + "^~~~~\n");
  }

  @Test
  void noCharacterOfTwoIsPartedWhereALineIsCut() {
    String faces = "\ud83d\ude00".repeat(500);
    for (String before : List.of(faces, "a" + faces)) {
      String printed = excerpt(before, "x", "b" + faces);
      assertThat(printed.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff)).isTrue();
      int mark = printed.lastIndexOf('^') - printed.indexOf('\n') - 1;
      assertThat(printed.charAt(mark)).isEqualTo('x');
    }
  }

  @Test
  void findingWithoutPlaceIsOneLine() {
    Diagnostic finding = new Diagnostic(Severity.ERROR, null, 1, "no such file", null, null);
    assertThat(DiagnosticPrinter.print(finding)).isEqualTo("error: no such file\n");
  }
}
