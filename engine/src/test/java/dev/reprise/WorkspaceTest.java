package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.language.CompileException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs of a conversation share variables, functions and the cache, and fail one by one. */
class WorkspaceTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Session session;
  private Workspace workspace;
  private int inputs;

  @BeforeEach
  void open() {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    session = Reprise.session(Scripts.config().withOutput(out, out).withWorkingDirectory(folder));
    workspace = session.workspace();
  }

  @AfterEach
  void nothingIsLeft() {
    workspace.close();
    session.close();
    assertThat(session.liveBuffersAtClose()).isZero();
  }

  private Workspace.Answer run(String text) throws CompileException {
    return workspace.run("<input " + ++inputs + ">", text);
  }

  private String printed(String text) throws CompileException {
    bytes.reset();
    run(text);
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  /** What was computed for line 1 is what line 3 assigns, but only when line 2 has succeeded. */
  @Test
  void anAssignmentAfterAFailureHasNotHappenedWhereverItsValueCameFrom() throws Exception {
    run("X = matrix(1, 2, 2); y = 7; S = matrix(0, 2, 2)");
    for (String first :
        List.of(
            "n = nrow(X + 1)",
            "n = 2 * ncol(t(X + 1))",
            "n = t(-(-(X + 1)))",
            "n = sum(t(t(X + 1)))")) {
      assertThatThrownBy(
              () -> run(first + "\nb = solve(S, matrix(1, 2, 1))\ny = X + 1\nprint(sum(y))"))
          .hasMessageContaining("singular");
      assertThat(printed("print(y)")).describedAs(first).isEqualTo("7\n");
    }
  }

  @Test
  void severalStatementsNeedNothingBetweenThem() throws Exception {
    assertThat(printed("print(1)\nprint(2)")).isEqualTo("1\n2\n");
    run("x = 3");
    assertThat(printed("print(x) print(-x)")).isEqualTo("3\n-3\n");
  }

  /** Anything may be read later, so it was a mistake to have a loop over a known name there. */
  @Test
  void theLoopsWithinAParforMayUseVariablesThatEarlierInputsHad() throws Exception {
    run("for (j in 1:3) {}");
    assertThat(
            printed(
                "R = matrix(0, 3, 1)\nparfor (i in 1:3) { for (j in 1:4) R[i, 1] = j }\nprint(sum(R))"))
        .isEqualTo("12.0\n");
    assertThatThrownBy(() -> run("print(j)")).hasMessageContaining("'j' is not defined");
    run("parfor (i in 1:3) { for (j in 1:4) {} }; for (j in 1:2) {}; k = 1");
    run("j = 7");
    assertThat(printed("parfor (i in 1:3) { for (j in 1:4) {} }; j = 5")).isEmpty();
    assertThat(printed("print(j)")).isEqualTo("5\n");
    assertThatThrownBy(() -> run("parfor (i in 1:3) { for (j in 1:4) {} }; print(j)"))
        .hasMessageContaining("read after the loop");
    assertThatThrownBy(() -> run("parfor (i in 1:3) { k = i }"))
        .hasMessageContaining("read after the loop");
    assertThat(printed("print(j + k)")).isEqualTo("6\n");
  }

  @Test
  void variablesOfEveryTypeGoFromOneInputToTheNext() throws Exception {
    run("X = matrix(seq(1, 6), rows=2, cols=3); n = 3L; s = 'text'; b = TRUE");
    run("L = list(a=X, b=n); F = as.frame(X)");
    assertThat(printed("print(sum(X) + ' ' + n + s + b + length(L) + ncol(F))"))
        .isEqualTo("21.0 3textTRUE23\n");
    assertThat(workspace.variables())
        .containsEntry("X", "matrix 2x3")
        .containsEntry("L", "list of 2")
        .containsEntry("n", "integer 3");
  }

  @Test
  void anExpressionLeavesItsValueAsLastValue() throws Exception {
    assertThat(run("1 + 2").isExpression()).isTrue();
    assertThat(printed("print(ans * 2)")).isEqualTo("6\n");
    assertThat(run("x = 5").isExpression()).isFalse();
    assertThat(run("print('hello')").isExpression()).isFalse();
  }

  @Test
  void functionsSeeEachOtherAndTheNewestDefinitionCounts() throws Exception {
    run("f = function(double x) return (double y) { y = x + 1 }\nunused = 7");
    run("g = function(double x) return (double y) { y = f(x) * 10 }");
    assertThat(printed("print(g(1))")).isEqualTo("20.0\n");
    run("f = function(double x) return (double y) { y = x + 2 }");
    assertThat(printed("print(g(1))")).isEqualTo("30.0\n");
    assertThat(printed("print(eval('g', list(1)))")).isEqualTo("30.0\n");
    assertThat(workspace.functions()).containsExactly("f", "g");
    run("sum = function(matrix[double] x) return (double y) { y = 42 }");
    assertThat(printed("print(sum(matrix(1, 2, 2)))")).isEqualTo("42.0\n");
  }

  @Test
  void sourcedFilesStayKnown() throws Exception {
    Files.writeString(
        folder.resolve("tools.dml"), "twice = function(double x) return (double y) { y = 2 * x }");
    run("source('tools.dml') as tools");
    assertThat(printed("print(tools::twice(4))")).isEqualTo("8.0\n");
    run("h = function(double x) return (double y) { y = tools::twice(x) + 1 }");
    assertThat(printed("print(h(4))")).isEqualTo("9.0\n");
  }

  @Test
  void aMistakeChangesNothingAndAFailureKeepsWhatCameBefore() throws Exception {
    run("x = 1");
    assertThatThrownBy(() -> run("x = 2; y = lamda")).isInstanceOf(CompileException.class);
    assertThat(printed("print(x)")).isEqualTo("1\n");
    assertThatThrownBy(() -> run("x = 3; z = matrix(0, 2, 2)\nw = z[5, 1]; x = 4"))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("<input 4>:2:");
    assertThat(printed("print(x + nrow(z))")).isEqualTo("5\n");
  }

  @Test
  void anErrorInAFunctionOfAnEarlierInputNamesThatInput() throws Exception {
    run("# a function\nf = function(matrix[double] x) return (matrix[double] y) { y = x[9, 9] }");
    assertThatThrownBy(() -> run("q = f(matrix(0, 2, 2))"))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("<input 1>:2:")
        .hasMessageContaining("<input 2>:1:");
  }

  @Test
  void theCacheStaysWarmBetweenInputs() throws Exception {
    run("X = rand(rows=500, cols=50, seed=7)");
    assertThat(run("S = t(X) %*% X").statistics().hits()).isZero();
    assertThat(run("U = t(X) %*% X").statistics().hits()).isEqualTo(1);
    assertThat(workspace.lineage("U")).contains("tsmm");
  }

  @Test
  void leftIndexingInALoopOfInputsWritesInPlace() throws Exception {
    run("R = matrix(0, 100, 100)");
    for (int i = 1; i <= 5; i++) {
      run("R[" + i + ", 1] = " + i);
    }
    assertThat(printed("print(sum(R))")).isEqualTo("15.0\n");
  }

  @Test
  void forgettingGivesMemoryBack() throws Exception {
    run("X = matrix(1, 1000, 100); y = 2");
    assertThat(workspace.forget("X")).isTrue();
    assertThat(workspace.forget("X")).isFalse();
    assertThatThrownBy(() -> run("print(sum(X))")).isInstanceOf(CompileException.class);
    workspace.forgetAll();
    assertThat(workspace.variables()).isEmpty();
  }

  @Test
  void mistakesOfExpressionsAreToldAsTheyWereTyped() throws Exception {
    run("x = 1");
    for (String each :
        new String[] {"zz", "zz + x", "  x * zz", "(zz)", "sum(zz) + 1", "x[zz, 1]"}) {
      assertThatThrownBy(() -> run(each))
          .as(each)
          .isInstanceOfSatisfying(
              CompileException.class,
              e -> {
                assertThat(e.diagnostics()).hasSize(1);
                assertThat(e.diagnostics().getFirst().message())
                    .isEqualTo("the variable 'zz' is not defined");
                assertThat(e.diagnostics().getFirst().sourceLine()).isEqualTo(each.strip());
                assertThat(e.diagnostics().getFirst().position().column())
                    .isEqualTo(each.strip().indexOf("zz") + 1);
              });
    }
    assertThatThrownBy(() -> run("print(zz)")).hasMessageContaining("1:7");
    assertThatThrownBy(() -> run("y = zz")).hasMessageContaining("1:5");
  }

  @Test
  void failuresAreToldWithTheLineAsItWasTyped() throws Exception {
    run(
        "X = matrix(1, 2, 3); f = function(matrix[double] A) return (matrix[double] B) {\n  B = A %*% A\n}");
    assertThatThrownBy(() -> run("sum(X %*% X)"))
        .isInstanceOf(ScriptException.class)
        .hasMessageStartingWith("<input 2>:1:7: error: '%*%'")
        .hasMessageContaining("\n  sum(X %*% X)\n        ^");
    assertThatThrownBy(() -> run("1 + sum(f(X))"))
        .hasMessageStartingWith("<input 1>:2:9: error: '%*%'")
        .hasMessageContaining("\n    B = A %*% A\n          ^")
        .hasMessageEndingWith("in function f, called at <input 3>:1:9");
    assertThatThrownBy(() -> run("y = 1\nY = X %*% X"))
        .hasMessageStartingWith("<input 4>:2:7: error: '%*%'")
        .hasMessageContaining("\n  Y = X %*% X\n        ^");
  }

  @Test
  void ofInputsOfOneNameNoLineIsShownThatMayBeAnothers() throws Exception {
    workspace.run(
        "cell", "f = function(matrix[double] A) return (matrix[double] B) {\n  B = A %*% A\n}");
    assertThatThrownBy(() -> workspace.run("cell", "X = matrix(1, 2, 3)\nY = f(X)"))
        .hasMessageStartingWith("cell:2:9: error: '%*%'")
        .message()
        .doesNotContain("^");
  }

  @Test
  void anInputIsOpenWhileMoreMustFollow() {
    for (String open :
        new String[] {
          "if (x) {",
          "f(1,",
          "x = ",
          "x +",
          "'text",
          "a = function(",
          "else",
          "if (x)",
          "for (i in 1:3)",
          "f = function(int a)",
          "f = function(int a) return (int b)",
          "f = function(int a) return (int b) {\n  [b, c] = g(a)",
          "[a,",
          "1 /* one",
          "/* it's"
        }) {
      assertThat(Workspace.isOpen(open)).as(open).isTrue();
    }
    for (String closed :
        new String[] {
          "x = 1",
          "f(1)",
          "",
          "# (",
          "'('",
          "x = 1 # +",
          "}",
          "x = (1 + 2)",
          "[a, b] = f(1)",
          "1 /* ( */",
          "# /*",
          "'/*'"
        }) {
      assertThat(Workspace.isOpen(closed)).as(closed).isFalse();
    }
  }

  /** They used to count as variables from before the parfor, which a later input may read. */
  @Test
  void whatAParforWithinALoopAssignsIsItsIterationsOwn() throws Exception {
    run("R = matrix(0, 3, 1)");
    for (String head : List.of("for (again in 1:2)", "while (sum(R) < 12)")) {
      run("R = R * 0");
      run(head + " { parfor (j in 1:3) { q = j * 2; R[j, 1] = q } }");
      assertThat(printed("print(sum(R))")).isEqualTo("12.0\n");
      assertThat(workspace.variables()).doesNotContainKey("q");
    }
    run("q = 7");
    assertThatThrownBy(() -> run("for (again in 1:2) { parfor (j in 1:3) { q = j } }"))
        .isInstanceOf(CompileException.class);
    assertThat(printed("print(q)")).isEqualTo("7\n");
  }

  /** The listener is called in the midst of an input, as another thread might be there. */
  @Test
  void whileAnInputRunsFurtherOnesAndChangesAreRefused() throws Exception {
    List<Workspace> busy = new ArrayList<>();
    AtomicInteger refused = new AtomicInteger();
    SessionConfig config =
        Scripts.config()
            .withProgress((done, total, text) -> {
              for (ThrowingCallable use :
                  List.<ThrowingCallable>of(
                      () -> busy.getFirst().run("<second>", "x = 2"),
                      () -> busy.getFirst().explain("<second>", "x = 2"),
                      () -> busy.getFirst().forget("x"),
                      () -> busy.getFirst().forgetAll(),
                      () -> busy.getFirst().close())) {
                assertThatThrownBy(use)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("an input of this workspace is running");
                refused.incrementAndGet();
              }
            });
    try (Session own = Reprise.session(config);
        Workspace mine = own.workspace()) {
      busy.add(mine);
      mine.run("<first>", "x = 1; progress(1, 2); y = x + 1");
      assertThat(refused).hasValue(5);
      assertThat(mine.variables()).containsEntry("x", "integer 1").containsEntry("y", "integer 2");
      assertThatThrownBy(() -> mine.run("<failing>", "stop(\"no\")"))
          .isInstanceOf(ScriptException.class);
      mine.run("<third>", "x = 3");
      assertThat(mine.variables()).containsEntry("x", "integer 3");
    }
  }
}
