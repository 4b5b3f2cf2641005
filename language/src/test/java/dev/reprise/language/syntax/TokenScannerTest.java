package dev.reprise.language.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.grammar.ScriptLexer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The scanner beside the lexer that ANTLR makes of the grammar's rules. */
class TokenScannerTest {
  private static final String[] PIECES = {
    "if",
    "else",
    "for",
    "parfor",
    "while",
    "function",
    "return",
    "in",
    "source",
    "as",
    "TRUE",
    "FALSE",
    "<-",
    "+=",
    "==",
    "!=",
    "<=",
    ">=",
    "<",
    ">",
    "=",
    "!",
    "&&",
    "&",
    "||",
    "|",
    "^",
    "%*%",
    "%/%",
    "%%",
    "%",
    "*",
    "/",
    "+",
    "-",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    "::",
    ":",
    "x",
    "A1",
    "b_2",
    "is.na",
    "a.b.c",
    ".",
    "..",
    "_",
    "$",
    "$x",
    "$12",
    "$1a",
    "0",
    "12",
    "3L",
    "4l",
    "1.5",
    "1.",
    ".5",
    "2e3",
    "2e",
    "2E-7",
    "2e+",
    "1.e5L",
    ".5e1l",
    "1L.5",
    "1..2",
    "\"",
    "'",
    "\\",
    "\\\"",
    "\\\n",
    "\"a\"",
    "'b c'",
    "\"l\n2\"",
    "#",
    "# c\n",
    "/*",
    "*/",
    "/* d */",
    "/*/",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\f",
    " ",
    "  ",
    "\u00A0",
    "\uFEFF",
    "\u00e9",
    "\u4e2d",
    "\uD83D\uDE00",
    "\0",
    "@",
    "~",
    "`"
  };

  @Test
  void allThatMayStandBesideEachOtherIsCutAsTheGrammarSays() {
    for (String first : PIECES) {
      for (String second : PIECES) {
        compare(first + second);
        compare("x = " + first + second + " y\n");
      }
    }
  }

  @Test
  void randomTextsAreCutAsTheGrammarSays() {
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      int pieces = random.nextInt(40);
      for (int i = 0; i < pieces; i++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      compare(text.toString());
    }
  }

  @Test
  void scriptsAreCutAsTheGrammarSays() {
    for (int seed = 0; seed < 200; seed++) {
      compare(TreePrinter.print(new RandomTree(new Random(seed)).script()));
    }
  }

  /** What is typed in a conversation is cut out of the text by the chars of its tokens. */
  @Test
  void definitionsBehindCharactersOfTwoCharsAreFoundWhole() {
    String text = "# \uD83D\uDE00\nf = function(double x) return (double y) { y = x }";
    assertThat(InputPieces.of(text).definitions())
        .containsEntry("f", "\nf = function(double x) return (double y) { y = x }");
  }

  /** Seconds each if a token took time for all that is before or behind it. */
  @Test
  @Timeout(60)
  void tokensOfLongTextsTakeNoLonger() {
    int count = 250_000;
    for (String text :
        List.of(
            "x = '\uD83D\uDE00'" + " + 1".repeat(count),
            "\\\"\n".repeat(count),
            "\\\"\n".repeat(count) + "\"x",
            "/*".repeat(count),
            "[".repeat(count))) {
      assertThat(ScriptTokens.of(text).size()).isGreaterThan(count / 4);
    }
  }

  /** A text that is cut at its line's end makes none of the next lines another one. */
  @Test
  void textsWhoseQuotesAreForgottenEndWithTheirLines() {
    String text = "a = \"\uD83D\uDE00 \\\"\nb = \\\"c\n[d] = f(\"x)\ng[1] = \"y\"";
    assertThat(ScriptTokens.of(text).getTokens())
        .extracting(token ->
            "%d:%d %s".formatted(token.getLine(), token.getCharPositionInLine(), token.getText()))
        .containsExactly(
            "1:0 a",
            "1:2 =",
            "1:4 \"\uD83D\uDE00 \\\"",
            "2:0 b",
            "2:2 =",
            "2:4 \\",
            "2:5 \"c",
            "3:0 [",
            "3:1 d",
            "3:2 ]",
            "3:4 =",
            "3:6 f",
            "3:7 (",
            "3:8 \"x)",
            "4:0 g",
            "4:1 [",
            "4:2 1",
            "4:3 ]",
            "4:5 =",
            "4:7 \"y\"",
            "4:10 <EOF>");
  }

  private static void compare(String text) {
    ScriptLexer lexer = new ScriptLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners();
    assertThat(shown(new TokenScanner(text), text, false))
        .as(text)
        .isEqualTo(shown(lexer, text, true));
  }

  private static List<String> shown(TokenSource source, String text, boolean countsCodePoints) {
    List<String> shown = new ArrayList<>();
    Token token;
    do {
      token = source.nextToken();
      int start = token.getStartIndex();
      int end = token.getStopIndex() + 1;
      if (countsCodePoints) {
        start = text.offsetByCodePoints(0, start);
        end = text.offsetByCodePoints(0, end);
      }
      shown.add(
          "%d %d-%d at %d:%d '%s'"
              .formatted(
                  token.getType(),
                  start,
                  end,
                  token.getLine(),
                  token.getCharPositionInLine(),
                  token.getText()));
    } while (token.getType() != Token.EOF);
    return shown;
  }
}
