package dev.reprise.language.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.CompileException;
import dev.reprise.language.Compiler;
import dev.reprise.language.Scripts;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import dev.reprise.language.program.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class SemanticErrorTest {

  @Test
  void unknownVariablesHaveTheNearestName() {
    assertThat(
            Scripts.errors(
                """
                lambda = 1
                y = lamda * 2
                z = true
                print(y + qwertz + z)
                u = later
                later = 3
                """))
        .containsExactly(
            "2:5 the variable 'lamda' is not defined (did you mean 'lambda'?)",
            "3:5 the variable 'true' is not defined (truth values are written TRUE and FALSE)",
            "4:11 the variable 'qwertz' is not defined",
            "5:5 the variable 'later' is not defined (it is assigned only later)");
  }

  @Test
  void variableAssignedOnOnePathOnlyIsLeftToRunTime() {
    assertThat(
            Scripts.errors(
                """
                if (rand() > 1) x = 3
                print(x)
                while (FALSE) y = 2
                print(y)
                for (i in 1:3) { if (i > 1) print(z); z = i }
                """))
        .isEmpty();
  }

  @Test
  void variableOfAParforBodyStaysInside() {
    assertThat(Scripts.errors("parfor (i in 1:3) { a = i }\nprint(a)"))
        .containsExactly(
            "2:7 the variable 'a' is not defined (what a parfor body assigns stays inside; results"
                + " are the indexed parts of variables that exist before the loop)");
  }

  @Test
  void variableOfAParforBodyWithinALoopStaysInside() {
    String inside =
        " the variable 'a' is not defined (what a parfor body assigns stays inside; results"
            + " are the indexed parts of variables that exist before the loop)";
    for (String loop : List.of("for (e in 1:2)", "while (rand() > 0.5)")) {
      assertThat(Scripts.errors(loop + " { parfor (i in 1:3) { a = i } }\nprint(a)"))
          .as(loop)
          .containsExactly("2:7" + inside);
      assertThat(Scripts.errors(loop + " {\nparfor (i in 1:3) { a = i }\nprint(a)\n}"))
          .as(loop)
          .containsExactly("3:7" + inside);
      assertThat(Scripts.errors(loop + " { parfor (i in 1:3) { a = i }\na = 1 }\nprint(a)"))
          .as(loop)
          .isEmpty();
    }
  }

  @Test
  void functionsSeeOnlyTheirParameters() {
    assertThat(
            Scripts.errors(
                "g = 3\nf = function(double a, double b = a + c) return (double s) { s = a + g }\n"
                    + "print(f(1))"))
        .containsExactly(
            "2:39 the variable 'c' is not defined", "2:70 the variable 'g' is not defined");
  }

  @Test
  void unknownFunctionsHaveTheNearestName() {
    assertThat(
            Scripts.errors(
                """
                f = function(double a) return (double b) { b = a }
                x = rowsums(rand())
                x = F(1)
                x = ns::g(1)
                x = scoer(1)
                source("a.dml")
                x = federated(1)
                """))
        .containsExactly(
            "2:5 unknown function 'rowsums' (did you mean 'rowSums'?)",
            "3:5 unknown function 'F' (did you mean 'f'?)",
            "4:5 unknown name space 'ns'",
            "5:5 unknown function 'scoer' (did you mean 'score'?)",
            "6:1 a sourced file needs a name space (write source(\"file.dml\") as ns)",
            "7:5 'federated' is not supported: all data is read locally");
  }

  @Test
  void nameSpacesOfTheLayerLibraryAreNamed() {
    Map<String, String> files =
        Map.of(
            "nn/layers/affine.dml",
            "forward = function(matrix[double] X) return (matrix[double] Y) { Y = X }",
            "nn/optim/adam.dml",
            "");
    assertThat(
            Scripts.errors(
                "x = affine::forward(matrix(1, 1, 1))\ny = adam::update(1)\nz = relu::forward(1)",
                Map.of(),
                files))
        .containsExactly(
            "1:5 unknown name space 'affine' (write source(\"nn/layers/affine.dml\") as affine)",
            "2:5 unknown name space 'adam' (write source(\"nn/optim/adam.dml\") as adam)",
            "3:5 unknown name space 'relu'");
  }

  @Test
  void whatANameSpaceHasIsNamed() {
    Map<String, String> files =
        Map.of(
            "a.dml",
            "twice = function(double x) return (double y) { y = 2 * x }\n"
                + "half = function(double x) return (double y) { y = x / 2 }");
    assertThat(
            Scripts.errors(
                "source(\"a.dml\") as u\nprint(u::third(1))\nprint(twice(1))\nprint(va::half(1))",
                Map.of(),
                files))
        .containsExactly(
            "2:7 unknown function 'u::third' (its functions are half, twice)",
            "3:7 unknown function 'twice' (did you mean 'u::twice'?)",
            "4:7 unknown name space 'va' (known are u)");
  }

  @Test
  void functionOfANameSpaceOutweighsWhatToWriteAndSimilarNames() {
    Map<String, String> files =
        Map.of(
            "u.dml",
            "transpose = function(matrix[double] X) return (matrix[double] Y) { Y = t(X) }\n"
                + "twice = function(double x) return (double y) { y = 2 * x }");
    assertThat(
            Scripts.errors(
                "source(\"u.dml\") as u\n"
                    + "twise = function(double x) return (double y) { y = x }\n"
                    + "print(sum(transpose(matrix(1, 1, 1))))\nprint(twice(1))\nprint(norm(1))",
                Map.of(),
                files))
        .containsExactly(
            "3:11 unknown function 'transpose' (did you mean 'u::transpose'?)",
            "4:7 unknown function 'twice' (did you mean 'u::twice'?)",
            "5:7 unknown function 'norm' (write sqrt(sum(X ^ 2)))");
  }

  @Test
  void namesOfOtherLanguagesAreAnsweredWithWhatToWrite() {
    assertThat(Scripts.errors("a = True\nb = NA\nc = NULL\nd = a.b"))
        .containsExactly(
            "1:5 the variable 'True' is not defined (truth values are written TRUE and FALSE)",
            "2:5 the variable 'NA' is not defined (a missing number is NaN)",
            "3:5 the variable 'NULL' is not defined"
                + " (there is no such value; exists(\"x\") says whether a variable has one)",
            "4:5 the variable name 'a.b' contains a dot"
                + " (dotted names belong to builtin functions; write a_b)");
    assertThat(Scripts.errors("A = matrix(1, 2, 2)\nX = SUM(A)\nY = transpose(A)"))
        .containsExactly(
            "2:5 unknown function 'SUM' (did you mean 'sum'?)",
            "3:5 unknown function 'transpose' (write t(X))");
    assertThat(
            Scripts.errors(
                "a = T\nb = F\nA = matrix(1, 2, 2)\ns = A.sum()\nif (s > 1) s = 2\nelif (s) s = 3"))
        .containsExactly(
            "1:5 the variable 'T' is not defined (truth values are written TRUE and FALSE)",
            "2:5 the variable 'F' is not defined (truth values are written TRUE and FALSE)",
            "4:5 unknown function 'A.sum'"
                + " (functions take their arguments in parentheses: sum(A, ...))",
            "6:1 unknown function 'elif' (a further test is written else if (...) {...})");
  }

  @Test
  void aMisspeltNameOfAnArgumentIsNoMissingArgumentAsWell() {
    assertThat(Scripts.errors("A = matrix(1, nrow=2, ncol=3)\nB = matrix(dat=1, rows=2, cols=2)"))
        .containsExactly(
            "1:15 'matrix' has no argument 'nrow' (did you mean 'rows'?)",
            "1:23 'matrix' has no argument 'ncol' (did you mean 'cols'?)",
            "2:12 'matrix' has no argument 'dat' (did you mean 'data'?)");
    assertThat(Scripts.errors("A = matrix(1, rows=2, qwertz=3)"))
        .containsExactly(
            "1:5 'matrix' misses its argument 'cols'"
                + " (it is called as matrix(data, rows, cols, byrow=TRUE))",
            "1:23 'matrix' has no argument 'qwertz'"
                + " (it is called as matrix(data, rows, cols, byrow=TRUE))");
  }

  @Test
  void argumentsThatMayBeLeftOutAreShownWithTheirDefaults() {
    assertThat(
            Scripts.errors(
                """
                f = function(double a, string s = "x", double b = a / 2) return (double y) { y = a }
                x = f()
                x = sample(5)
                """))
        .containsExactly(
            "2:5 'f' misses its argument 'a' (it is called as f(a, s=\"x\", b=a / 2))",
            "3:5 'sample' misses its argument 'size' (it is called as sample(range, size,"
                + " [replace], [seed]))");
  }

  @Test
  void argumentsOfFunctionsAreChecked() {
    assertThat(
            Scripts.errors(
                """
                f = function(double alpha, double beta = 2) return (double s) { s = alpha * beta }
                x = f()
                x = f(1, 2, 3)
                x = f(1, bta=3)
                x = f(1, gamma=3)
                x = f(1, alpha=3)
                x = f(beta=3, 1)
                """))
        .containsExactly(
            "2:5 'f' misses its argument 'alpha' (it is called as f(alpha, beta=2))",
            "3:13 'f' takes 2 arguments, found 3 (it is called as f(alpha, beta=2))",
            "4:10 'f' has no argument 'bta' (did you mean 'beta'?)",
            "5:10 'f' has no argument 'gamma' (it is called as f(alpha, beta=2))",
            "6:10 the argument 'alpha' of 'f' is given twice",
            "7:5 'f' misses its argument 'alpha' (it is called as f(alpha, beta=2))",
            "7:15 the argument 'beta' of 'f' is given twice");
  }

  @Test
  void argumentsOfBuiltinsAreChecked() {
    assertThat(
            Scripts.errors(
                """
                x = rand(row=3)
                x = sum()
                x = sum(1, 2)
                x = matrix(1, rows=2)
                x = ppred(1, 2, "<>")
                x = ifdef(3, 4)
                x = append(1)
                x = eval()
                x = exists(1 + 2)
                """))
        .containsExactly(
            "1:10 'rand' has no argument 'row' (did you mean 'rows'?)",
            "2:5 'sum' misses its argument 'target' (it is called as sum(target))",
            "3:12 'sum' takes 1 argument, found 2 (it is called as sum(target))",
            "4:5 'matrix' misses its argument 'cols'"
                + " (it is called as matrix(data, rows, cols, byrow=TRUE))",
            "5:5 the third argument of 'ppred' must be an operator as text, for example \"<\"",
            "6:5 'ifdef' takes an argument of the command line and a default"
                + " (it is called as ifdef($name, default))",
            "7:5 'append' takes 2 arguments, found 1",
            "8:5 'eval' takes a function's name and its arguments"
                + " (for example eval(\"lm\", X, y))",
            "9:5 'exists' takes the name of a variable (for example exists(\"x\"))");
  }

  @Test
  void numberOfResultsIsChecked() {
    assertThat(
            Scripts.errors(
                """
                f = function(double a) return (double b, double c) { b = a; c = a }
                g = function(double a) { print(a) }
                [x, y, z] = f(1)
                [w, V, U] = eigen(rand())
                x = g(1)
                x = 1 + print("a")
                [x, y] = 3
                [x, y] = f(1)
                """))
        .containsExactly(
            "3:1 'f' returns 2 values, found 3 targets",
            "4:1 'eigen' returns 2 values, found 3 targets",
            "5:5 'g' returns no value",
            "6:9 'print' returns no value",
            "7:1 only the results of a call are assigned to several targets");
  }

  @Test
  void definitionsAreChecked() {
    assertThat(
            Scripts.errors(
                """
                f = function(double a, double a) return (double b, double b) { b = a }
                f = function(double a) return (double reslut) { result = a }
                if (TRUE) {
                  h = function(double a) return (double b) { b = a }
                }
                g = function(double a) return (double a, double b) { b = 1 }
                pi = 3
                """))
        .containsExactly(
            "1:31 the parameter 'a' of 'f' exists twice",
            "1:59 the result 'b' of 'f' exists twice",
            "2:1 the function 'f' is defined twice (the first definition is in line 1)",
            "4:3 the function 'h' is not defined at the top level"
                + " (move it out of the block, or look for a missing '}' above it)",
            "7:1 'pi' is a constant and cannot be assigned (choose another name)");
  }

  @Test
  void resultThatIsNeverAssignedIsReported() {
    assertThat(
            Scripts.errors(
                "f = function(double a) return (double result) { reslut = a }\nprint(f(1))"))
        .containsExactly(
            "1:39 the result 'result' of 'f' is never assigned (did you mean 'reslut'?)");
  }

  @Test
  void loopVariablesAndOptionsAreChecked() {
    assertThat(
            Scripts.errors(
                """
                parfor (i in 1:3) { i = 2 }
                parfor (i in 1:3) { for (i in 1:2) { print(i) } }
                parfor (j in 1:3, chek=0, opt=NONE) { print(j) }
                for (k in 1:3) { k = 3 }
                parfor (j in 1:3, workers=4) { print(j) }
                """))
        .containsExactly(
            "1:21 the parfor variable 'i' cannot be assigned",
            "2:26 the parfor variable 'i' cannot be assigned",
            "3:19 a loop has no option 'chek' (did you mean 'check'?)",
            "5:19 a loop has no option 'workers' (its options are check, par, mode, opt,"
                + " taskpartitioner, tasksize, resultmerge, datapartitioner, log, profile)");
  }

  @Test
  void missingCommandLineArgumentsAreReported() {
    assertThat(Scripts.errors("x = $n + $1\ny = ifdef($m, 3)\nprint(x + y)"))
        .containsExactly(
            "1:5 the argument $n is not given"
                + " (pass it with --nvargs n=..., or give it a default: ifdef($n, ...))",
            "1:10 the argument $1 is not given"
                + " (pass it with --args, or give it a default: ifdef($1, ...))");
  }

  @Test
  void sourcedFilesAreCheckedWithTheirOwnNamesAndPlaces() {
    Map<String, String> files =
        Map.of(
            "a.dml", "f = function(double x) return (double y) { y = z }",
            "b.dml", "g = function(double x) return (double y) { y = x }\nh = (");
    assertThat(
            Scripts.diagnostics(
                "source(\"a.dml\") as a\n"
                    + "source(\"b.dml\") as b\n"
                    + "print(a::f(1) + b::g(1) + b::h(1))",
                Map.of(),
                files))
        .extracting(d -> d.position() + " " + d.message())
        .containsExactlyInAnyOrder(
            "a.dml:1:48 the variable 'z' is not defined",
            "b.dml:2:6 found the end of the file, expected an expression");
    assertThat(Scripts.diagnostics("source(\"a.dml\") as a\nprint(q)", Map.of(), files))
        .extracting(d -> d.position() + " " + d.message())
        .containsExactlyInAnyOrder(
            "a.dml:1:48 the variable 'z' is not defined",
            "test.dml:2:7 the variable 'q' is not defined");
  }

  @Test
  void missingAndCyclicSourcesAreReported() {
    Map<String, String> files =
        Map.of("a.dml", "source(\"b.dml\") as b", "b.dml", "source(\"a.dml\") as a");
    assertThat(
            Scripts.diagnostics(
                "source(\"no.dml\") as n\nsource(\"a.dml\") as a\nn::f(1)", Map.of(), files))
        .extracting(d -> d.position() + " " + d.message())
        .containsExactlyInAnyOrder(
            "test.dml:1:1 the sourced file 'no.dml' is not found",
            "b.dml:1:1 the file 'a.dml' is being sourced already: the files source each other");
  }

  @Test
  void aMisspeltSourceIsToldTheNearestOfTheLibrary() {
    SourceResolver shipped =
        Scripts.files(Map.of("nn/layers/affine.dml", "", "nn/layers/relu.dml", ""));
    assertThat(hint("nn/layers/afine.dml", shipped))
        .isEqualTo("did you mean 'nn/layers/affine.dml'?");
    assertThat(hint("relu", shipped)).isEqualTo("did you mean 'nn/layers/relu.dml'?");
    assertThat(hint("nn/layers/mine.dml", shipped)).startsWith("it is looked up beside the script");
  }

  private static String hint(String sourced, SourceResolver resolver) {
    try {
      Compiler.compile(
          new SourceFile("t.dml", "source(\"" + sourced + "\") as a"),
          Map.of(),
          resolver,
          Set.of());
    } catch (CompileException e) {
      return e.diagnostics().getFirst().hint();
    }
    throw new AssertionError("compiled");
  }

  @Test
  void sourceThatCannotBeReadSaysWhy() throws Exception {
    SourceResolver broken =
        new SourceResolver() {
          @Override
          public Optional<SourceFile> library(String functionName) {
            return Optional.empty();
          }

          @Override
          public Optional<SourceFile> source(String path, SourceFile from) {
            throw new UncheckedIOException(new IOException("Permission denied"));
          }
        };
    Assertions.assertThatThrownBy(() ->
            Compiler.compile(
                new SourceFile("t.dml", "source(\"a.dml\") as a"), Map.of(), broken, Set.of()))
        .isInstanceOfSatisfying(
            CompileException.class,
            e ->
                assertThat(e.diagnostics().getFirst().message())
                    .isEqualTo("the sourced file 'a.dml' cannot be read: Permission denied"));
  }

  @Test
  void mistakesInALibraryFileOfTheUserAreFoundAtOnce() {
    assertThat(
            Scripts.diagnostics(
                "print(twice(2))",
                Map.of(),
                Map.of(
                    "lib/twice.dml",
                    "twice = function(double x) return (double y) { y = x * tow }")))
        .extracting(d -> d.position() + " " + d.message())
        .containsExactly("lib/twice.dml:1:56 the variable 'tow' is not defined");
  }

  @Test
  void mistakesInAShippedFileAreFoundWhenItIsCalled() throws Exception {
    SourceResolver shipped =
        Scripts.files(
            Map.of(
                "shipped/twice.dml",
                "twice = function(double x) return (double y) { y = x * tow }"));
    Program program =
        Compiler.compile(new SourceFile("t.dml", "print(twice(2))"), Map.of(), shipped, Set.of())
            .program();
    Assertions.assertThatThrownBy(() -> program.function("twice"))
        .isInstanceOf(CompileException.class);
  }
}
