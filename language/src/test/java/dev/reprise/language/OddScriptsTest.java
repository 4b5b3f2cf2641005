package dev.reprise.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Syntax that surprises, and text that is no script. */
class OddScriptsTest {
  private static final List<String> CORPUS =
      List.of(
          "while(FALSE) {}",
          ";;; x = 1;; ; print(x);",
          "x = 3\n-2\nprint(x)",
          "t = rand(); t = t(t)",
          "if (1 > 2) x = 1; else x = 2\nprint(x)",
          "if (TRUE)\n  print(1)\nelse if (FALSE)\n  print(2)\nelse {\n}\n",
          "for (i in seq(10, 1, -3)) print(i)",
          "for(i in 1:nrow(rand())/2,check=0){print(i)}",
          "parfor (i in 1:3, par=2, mode=LOCAL, opt=NONE, taskpartitioner=STATIC, tasksize=1,"
              + " resultmerge=LOCAL_MEM, log=INFO, profile=0) { print(i) }",
          "X = rand(rows=4, cols=4); X[1:nrow(X)/2, ] = X[3:4, ]; print(sum(X[2:nrow(X)-1, ]))",
          "L = list(1, a=2); L[1] = 3; L[\"a\"] += 4; M = L[1:2]; print(length(M))",
          "x <- 1; x <- x + 1; print(x)",
          "[w, V] = eigen(rand())\n[U] = svd(V); print(sum(U) + sum(w))",
          "y = rand()\n[w, V] = eigen(y)\nprint(sum(w) + sum(V))",
          "x = [1, 2.5, 1e-3, .5, 10L]; print(length(x)) # ends without a new line",
          "x = ifdef($nope, \"default\"); print(x)",
          "f = function() return (int a) { a = 1 } x = f() print(x)",
          "F = FUNCTION_ + 1".replace("FUNCTION_", "2"),
          "f = function(MATRIX[DOUBLE] X, Frame[String] F, list[unknown] l, INTEGER i = 2)\n"
              + "  return (matrix[double] X, boolean b) { b = !TRUE }\nprint(1)",
          "f = function(int n) return int r { r = n }\nprint(f(3))",
          "print(\"a\" + 'b\"c' + \"it's\" + \"\\\"q\\\"\" + 1 + TRUE)",
          "/* a\n b */ x = /* in between */ 1 # after\nprint(x)",
          "spec = \"{ids: true,\n  recode: [1, 2]}\"\nprint(spec)",
          "x = !1 == 2 & -3 ^ 2 < 0 | FALSE && TRUE; print(x)",
          "as = 1; in = 2; source = 3; print(as + in + source)",
          "x = index.return = 3".replace("index.return = ", ""),
          "o = order(target=rand(), by=1, decreasing=TRUE, index.return=TRUE); print(sum(o))",
          "if(1==1){print(1)}else{print(2)}while(1>2){}print(3)",
          "\uFEFFx = 1\r\nprint(x)\r\n",
          "print(NaN + Inf - pi)",
          "");

  @Test
  void oddScriptsCompile() {
    for (String script : CORPUS) {
      assertThat(Scripts.errors(script)).as(script).isEmpty();
    }
  }

  @Test
  void expressionNestedTooDeeplyIsOneError() {
    String deep = "x = " + "(".repeat(100_000) + "1" + ")".repeat(100_000);
    assertThat(Scripts.errors(deep)).singleElement().asString().contains("nested too deeply");
    assertThat(Scripts.errors("x = 1" + " + 1".repeat(300) + "\nprint(x)")).isEmpty();
  }

  @Test
  void noTextBreaksTheCompiler() {
    for (int seed = 0; seed < 3000; seed++) {
      String text = mutated(new Random(seed));
      try {
        Compiler.compile(new SourceFile("test.dml", text), Map.of(), Scripts.noFiles(), Set.of());
      } catch (CompileException e) {
        assertThat(e.diagnostics()).as(text).isNotEmpty();
        assertThat(e.diagnostics()).allSatisfy(d -> assertThat(d.position()).isNotNull());
        DiagnosticPrinter.print(e.diagnostics());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + "\n" + text, e);
      }
    }
  }

  /** Some scripts in a row with tokens dropped, doubled and swapped. */
  private static String mutated(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append(CORPUS.get(random.nextInt(CORPUS.size()))).append('\n');
    }
    List<String> tokens = new ArrayList<>(List.of(text.toString().split("(?<=\\W)|(?=\\W)")));
    for (int i = random.nextInt(6); i > 0 && tokens.size() > 1; i--) {
      int at = random.nextInt(tokens.size());
      switch (random.nextInt(3)) {
        case 0 -> tokens.remove(at);
        case 1 -> tokens.add(at, tokens.get(random.nextInt(tokens.size())));
        default -> tokens.set(at, tokens.get(random.nextInt(tokens.size())));
      }
    }
    return String.join("", tokens);
  }
}
