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
    assertThat(DiagnosticPrinter.plain().print(FINDING))
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
    assertThat(DiagnosticPrinter.plain().print(List.of(finding)))
        .isEqualTo("a.dml:1:3: warning: odd\n  \t\tx = 1\n  \t\t^\n");
  }

  @Test
  void controlCharactersOfALineAreShownInsteadOfObeyed() {
    Diagnostic finding =
        new Diagnostic(
            Severity.ERROR, new Position("a.dml", 1, 5), 1, "odd", null, "x\u001b[2J\u009b = 1");
    assertThat(DiagnosticPrinter.plain().print(List.of(finding)))
        .isEqualTo("a.dml:1:5: error: odd\n  x\u241b[2J\ufffd = 1\n      ^\n");
  }

  @Test
  void coloursAreAnsiCodesAroundTheSameText() {
    String coloured = DiagnosticPrinter.coloured().print(FINDING);
    assertThat(coloured).contains("\u001b[31m");
    assertThat(coloured.replaceAll("\u001b\\[[0-9]+m", ""))
        .isEqualTo(DiagnosticPrinter.plain().print(FINDING));
  }

  @Test
  void findingWithoutPlaceIsOneLine() {
    Diagnostic finding = new Diagnostic(Severity.ERROR, null, 1, "no such file", null, null);
    assertThat(DiagnosticPrinter.plain().print(finding)).isEqualTo("error: no such file\n");
  }
}
