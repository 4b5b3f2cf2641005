package dev.reprise.language.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.Scripts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntaxErrorTest {

  @Test
  void everyBrokenStatementOfAFileIsReportedOnce() {
    assertThat(
            Scripts.errors(
                """
                x = (1 + 2
                y = 3
                if (x = 3) {
                  z = 4 *
                }
                for (i in 1:) {
                  print(i))
                }
                while (x > ) x = x - 1
                v = f(a = 1,
                      b = ,
                      c = 2)
                u = 3 4
                good = 1
                [a, b = eigen(x)
                r = x @ 3
                else { t = 1 }
                parfor (i = 1:3) { k = i }
                m = x[1, 2
                n = 5
                if x > 3 { print("a") }
                }
                z = 3 +* 4
                a b = 3
                if (x <-3) y = 1
                """))
        .containsExactly(
            "2:1 found 'y', expected ')'",
            "3:7 found '=', expected ')' ('=' assigns; write '==' to compare)",
            "5:1 found '}', expected an expression",
            "6:13 found ')', expected an expression",
            "7:11 found ')', expected an operator or the end of the statement"
                + " (there is one closing parenthesis too many)",
            "9:12 found ')', expected an expression",
            "11:11 found ',', expected an expression",
            "13:7 found the number 4, expected an operator or the end of the statement",
            "15:1 found '[', expected a statement"
                + " (several results are assigned as: [a, b] = f(...))",
            "16:7 found '@', which has no meaning here (the matrix product is written X %*% Y)",
            "17:1 found 'else', expected a statement"
                + " ('else' must follow the statement or block of its 'if')",
            "18:11 found '=', expected 'in' (a loop is written for (i in 1:n) {...})",
            "20:1 found 'n', expected ']'",
            "21:4 found 'x', expected '(' (a condition stands in parentheses: if (x > 3) {...})",
            "22:1 found '}', expected a statement (there is one closing brace too many)",
            "23:8 found '*', expected an expression",
            "24:3 found 'b', expected '=', '(' or '['",
            "25:7 found '<-', expected ')'"
                + " ('<-' assigns; write '< -' to compare with a negative number)");
  }

  @Test
  void operatorAtTheEndOfALineIsFoundBehindTheNextName() {
    assertThat(Scripts.errors("x = 1\nz = x +\nw = 4\nprint(w)"))
        .containsExactly(
            "3:3 found '=', expected an operator or the end of the statement"
                + " (the statement of line 2 goes on here; is its end missing?)");
  }

  @Test
  void aCharacterThatCannotBeSeenIsNamedByItsNumber() {
    assertThat(Scripts.errors("x = 1\u000b\ny = 2\u202e"))
        .containsExactly(
            "1:6 found the character U+000B, which has no meaning here",
            "2:6 found the character U+202E, which has no meaning here");
  }

  @Test
  void textWithoutClosingQuoteDoesNotSwallowTheRest() {
    assertThat(Scripts.errors("print(\"abc)\nprint(\"def\")\nx = = 3\ny = 'q\n"))
        .containsExactly(
            "1:7 the text that begins here has no closing \"",
            "3:5 found '=', expected an expression",
            "4:5 the text that begins here has no closing '");
  }

  @Test
  void textMayGoOverSeveralLines() {
    assertThat(Scripts.errors("x = \"{ids: true,\n recode: [1]}\"\nprint(x)\nprint('a\nb')"))
        .isEmpty();
  }

  @Test
  void commentWithoutEndIsOneError() {
    assertThat(Scripts.errors("x = 3 /* a\n) ] }\nprint(x"))
        .containsExactly("1:7 the comment that begins here has no closing */");
  }

  @Test
  void missingBraceNamesTheBlockAndTheFunctionBehindIt() {
    assertThat(
            Scripts.errors(
                """
                f = function(double a) return (double b) {
                  b = a
                  if (a > 2) {
                    b = 3
                }
                g = function(double a) return (double b) { b = 1 }
                print(f(2))\
                """))
        .containsExactly(
            "7:12 found the end of the file, expected '}' (the block that begins in line 1 is not"
                + " closed; is a '}' missing before the function in line 6?)");
  }

  /** Each is one mistake, whatever stands behind it, and says what to write here. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "for i in 1:3 { x = 1 }| 1:5| a loop is written for (i in 1:n) {...}",
        "for (int i = 0; i < 3; i++) { x = 1 }| 1:10| a loop is written for (i in 1:n) {...}",
        "if y > 3 { x = 1 }| 1:4| a condition stands in parentheses: if (x > 3) {...}",
        "while y > 3 { x = 1 }| 1:7| a condition stands in parentheses: while (x > 3) {...}",
        "if (2 > 1) then print(1)| 1:17| there is no 'then'; write if (test) {...}",
        "repeat { x = 1 }| 1:8| a loop without a count is written while (test) {...}",
        "if (2 > 1) { x = 1 } elseif (2 > 3) { x = 2 }| 1:37"
            + "| a further test is written else if (...) {...}",
        "import numpy| 1:8| functions of another file: source(\"file.dml\") as ns, then ns::f(x)",
        "double x = 3| 1:8| variables are not declared; write x = ...",
        "x = 3 =< 4| 1:7| at most is written x <= y",
        "x = 3 => 4| 1:7| at least is written x >= y",
        "x = 3 > = 4| 1:9| at least is written x >= y",
        "x = 3 <> 4| 1:8| unequal is written x != y",
        "x = 3 -> y| 1:8| '->' does not assign; write the variable first: y = x",
        "x -> y| 1:3| '->' does not assign; write the variable first: y = x",
        "x + 1| 1:3| a statement assigns or calls; print(x) shows a value",
        "x[1, 1] == 3| 1:9| '==' compares; '=' assigns",
        "x = list([1, 2; 3, 4])| 1:15"
            + "| a matrix is written matrix(\"1 2 3 4\", rows=2, cols=2), or rbind of its rows",
      })
  void wordsAndSignsOfOtherLanguagesAreOneMistakeWithAHint(
      String script, String place, String hint) {
    assertThat(Scripts.errors(script).getFirst())
        .startsWith(place + " ")
        .endsWith("(" + hint + ")");
    assertThat(Scripts.errors(script + "\nz = 3")).hasSize(script.contains("; 3, 4]") ? 2 : 1);
  }

  @Test
  void parameterWithoutTypeIsExplained() {
    assertThat(Scripts.errors("f = function(X) return (double s) { s = 1 }"))
        .containsExactly(
            "1:15 found ')', expected a name (parameters and results are written with their types:"
                + " matrix[double] X, double tol = 0.1)");
  }

  @Test
  void mistakesInsideABlockWithABrokenHeaderAreFound() {
    assertThat(Scripts.errors("if (1 > ) {\n  x = 3 +\n}\nfor (i 1:3) {\n  y = * 2\n}"))
        .containsExactly(
            "1:9 found ')', expected an expression",
            "3:1 found '}', expected an expression",
            "4:8 found the number 1, expected 'in' (a loop is written for (i in 1:n) {...})",
            "5:7 found '*', expected an expression");
  }

  @Test
  void whatIsNoVariableHasNoIndex() {
    String hint = " (only variables are indexed; assign the value first: x = f(...), then x[1, ])";
    assertThat(
            Scripts.errors("X = rand(rows=2)[, 1] * 2\nprint(sum(exp(X)[1, ]))\ny = (X + 1)[1, 1]"))
        .containsExactly(
            "1:17 found '[', expected an operator or the end of the statement" + hint,
            "2:17 found '[', expected ')'" + hint,
            "3:12 found '[', expected an operator or the end of the statement" + hint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "->",
      quoteCharacter = '\u0001',
      value = {
        "while (TRUE) { break } -> there is no 'break'; let the condition of a while loop end it",
        "if (x == 2) next -> there is no 'next'; put the rest of the body into an if",
        "f = function(int n) return (int m) { return n } -> a function's results are assigned by"
            + " name, as in y = x + 1; it ends at its '}'",
        "def f(x): x -> a function is written f = function(double x) return (double y) {...}",
        "y = x ? 1 : 2 -> write ifelse(test, yes, no)",
        "y = if (x) 1 else 2 -> 'if' is a statement; write ifelse(test, yes, no) for a value",
        "x -= 1 -> write x = x - ...",
        "x *= 2 -> write x = x * ...",
        "x++ -> write x = x + 1",
        "y = x ** 2 -> a power is written x ^ y",
        "y = x // 2 -> an integer quotient is written x %/% y",
        "y = x mod 2 -> the remainder is written x %% y",
        "y = f(x mod 2) -> the remainder is written x %% y",
        "y = x and z -> write & between conditions",
        "y = f(not x) -> negation is written !x",
        "y = f(x and z) -> write & between conditions",
        "y = f(x or z) -> write | between conditions",
        "y = x %o% x -> operators with percent signs are %*%, %/% and %%; see also outer(x, y,"
            + " \"*\")",
        "y = f(L$a) -> an element of a list is written L[\"a\"]",
        "y = f(1:3) -> a:b stands in an index or a loop; seq(a, b) and seq(a, b, step) are"
            + " columns",
        "for (i in 1:9:2) f(i) -> a:b stands in an index or a loop; seq(a, b) and seq(a, b, step)"
            + " are columns",
        "y = x[:2, ] -> a range has both bounds, as in X[1:3, ]; what is left out means all",
        "y = x[2:] -> a range has both bounds, as in X[1:3, ]; what is left out means all",
        "y = x[1][2] -> only variables are indexed; assign the value first: x = f(...), then x[1,"
            + " ]",
        "y = f(1_000) -> numbers are written without _",
        "_x = 3 -> names begin with a letter",
        "x == 3 -> '==' compares; '=' assigns",
        "x -> a statement assigns or calls; print(x) shows a value",
        "y = f(0, rows=2 cols=2) -> is a comma or an operator missing before it?",
        "if (x > 3 print(x) -> is a ')' or an operator missing before it?",
        "while (i < 9 i = i + 1 -> is a ')' or an operator missing before it?",
        "if (f(x) > x[1] print(x) -> is a ')' or an operator missing before it?",
        "if (f(x y) > 3) print(x) -> is a comma or an operator missing before it?",
        "if (x[1 2] > 3) print(x) -> is a comma or an operator missing before it?",
        "for (i in 1:9 print(i) -> is a ')', a comma or an operator missing before it?",
        "y = 2 * (x z) -> is a ')' or an operator missing before it?",
        "[a b] = eigen(x) -> is a comma or an operator missing before it?",
        "y = [1 2] -> is a comma or an operator missing before it?",
        "y = f((1 + 2) -> the parenthesis in line 1 is not closed",
        "f = function(x: double) return (double y) { y = x } -> parameters and results are written"
            + " with their types: matrix[double] X, double tol = 0.1",
        "f = function(double x: 3) return (double y) { y = x } -> parameters and results are"
            + " written with their types: matrix[double] X, double tol = 0.1",
        "f = function(double x = a mod 2) return (double y) { y = x } -> the remainder is written"
            + " x %% y",
        "if (x > 0): print(x) -> a block is written {...}",
        "for (i in 1:9): print(i) -> a block is written {...}",
        "if (x > 0) { print(x) } else: print(y) -> a block is written {...}",
        "f = function(double x) return (double y): y = x -> a block is written {...}",
        "y = u:half(1) -> u::half(...) calls a function of a name space; a:b stands in an index or"
            + " a loop; seq(a, b) and seq(a, b, step) are columns",
        "y = f(1):3 -> a:b stands in an index or a loop; seq(a, b) and seq(a, b, step) are columns",
        "y = f(next z) -> is a comma or an operator missing before it?",
        "y = f(mod z) -> is a comma or an operator missing before it?",
      })
  void whatOtherLanguagesHaveIsAnsweredWithWhatToWrite(String script, String hint) {
    assertThat(Scripts.errors(script)).first().asString().endsWith(" (" + hint + ")");
  }

  @Test
  void wrongLiteralsAndNamesAreReported() {
    assertThat(
            Scripts.errors(
                "a = \"bad \\q\"\nmy.var = 3\nb = 99999999999999999999\nns::x = 3\nc = 1[2]"))
        .containsExactly(
            "5:6 found '[', expected an operator or the end of the statement"
                + " (only variables are indexed; assign the value first: x = f(...), then x[1, ])");
    assertThat(Scripts.errors("a = \"bad \\q\"\nmy.var = 3\nb = 99999999999999999999\nns::x = 3"))
        .containsExactly(
            "1:5 the text contains \\q, which is no escape sequence"
                + " (known are \\n \\t \\r \\b \\f \\\" \\' and \\\\)",
            "2:1 the variable name 'my.var' contains a dot"
                + " (dotted names belong to builtin functions; write my_var)",
            "3:5 the integer 99999999999999999999 does not fit into 64 bits"
                + " (write 99999999999999999999.0 for a double)",
            "4:1 found 'ns::x' where a variable is expected"
                + " (only functions have a name space: ns::x(...))");
  }

  @Test
  void loopOverSomethingElseThanARangeIsReported() {
    assertThat(Scripts.errors("for (i in 5) print(i)"))
        .containsExactly(
            "1:11 a loop runs over a range, found something else"
                + " (write a:b or seq(a, b) or seq(a, b, step))");
  }

  @Test
  void unknownTypeHasAHint() {
    assertThat(Scripts.errors("f = function(matrx[double] X) { print(sum(X)) }"))
        .containsExactly("1:14 unknown type 'matrx' (did you mean 'matrix'?)");
  }

  @Test
  void indexOfThreeDimensionsIsReported() {
    assertThat(Scripts.errors("X = rand()\nprint(sum(X[1, 2, 3]))"))
        .containsExactly(
            "2:12 found an index of 3 dimensions, expected [rows, columns] or [position]");
  }
}
