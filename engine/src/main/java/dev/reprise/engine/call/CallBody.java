package dev.reprise.engine.call;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.lineage.RunCall;

/**
 * The body of a function. Outside of loops, whose iterations are stored with all their calls, the
 * trace of a repeated call is stored as one application of a patch (see {@link RunCall}). Stateless
 * but for the patches that all calls share.
 */
public record CallBody(Node[] body, RunCall call) implements Node {

  @Override
  public void run(ControlContext context, Activation activation) {
    // Of a recursion, the outermost call is stored: each call inside of it has another shape.
    if (!context.storesCalls(activation) || !context.calls.add(call)) {
      Node.runAll(body, context, activation);
      return;
    }
    try {
      RunCall.Entry entry = call.enter(context.scope, activation.items);
      Node.runAll(body, context, activation);
      if (entry != null) {
        entry.end();
      }
    } finally {
      context.calls.remove(call);
    }
  }
}
