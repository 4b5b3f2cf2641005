/*
 * The script language. New lines are white space; only what follows ends an expression.
 *
 * The grammar is left-factored so that nearly every decision needs one token: an error is then found
 * at the token that is wrong, with the exact set of what could stand there. Errors leave the rules by
 * exception up to 'statement' or a '...Header' rule, where SyntaxRecovery takes over.
 */
grammar Script;

// An opening bracket that begins the targets of [a, b] = f(...); ScriptTokens tells it from an index.
tokens { TARGETS }

script
  : item* EOF
  ;

item
  : statement
  | SEMI
  ;

block
  : LBRACE item* RBRACE
  ;

body
  : block
  | statement SEMI*
  ;

statement
  : IF conditionHeader body (ELSE body)?                              # conditional
  | (FOR | PARFOR) loopHeader body                                    # loop
  | WHILE conditionHeader body                                        # whileLoop
  | SOURCE LPAREN STRING RPAREN AS name                               # sourceFile
  | TARGETS target (COMMA target)* RBRACK (ASSIGN | ARROW) expression # multiAssign
  | qualified
      ( arguments
      | subscripts? (ASSIGN | ARROW) (FUNCTION functionHeader block | expression)
      | subscripts? PLUS_ASSIGN expression
      )                                                               # simple
  ;

conditionHeader
  : LPAREN expression RPAREN
  ;

loopHeader
  : LPAREN name IN expression (COLON expression)? (COMMA option)* RPAREN
  ;

option
  : name ASSIGN expression
  ;

functionHeader
  : LPAREN (parameter (COMMA parameter)*)? RPAREN
    (RETURN (LPAREN (parameter (COMMA parameter)*)? RPAREN | parameter))?
  ;

parameter
  : type name (ASSIGN expression)?
  ;

type
  : name (LBRACK name RBRACK)?
  ;

target
  : name subscripts?
  ;

expression
  : <assoc = right> expression POWER expression                       # binary
  | (MINUS | PLUS) expression                                         # unary
  | expression MATMUL expression                                      # binary
  | expression (INTEGER_DIVIDE | MODULO) expression                   # binary
  | expression (TIMES | DIVIDE) expression                            # binary
  | expression (PLUS | MINUS) expression                              # binary
  | expression (LT | LE | GT | GE | EQ | NE) expression               # binary
  | NOT expression                                                    # unary
  | expression (AND | AND_AND) expression                             # binary
  | expression (OR | OR_OR) expression                                # binary
  | LPAREN expression RPAREN                                          # parenthesised
  | LBRACK (expression (COMMA expression)*)? RBRACK                   # listLiteral
  | (INTEGER | DOUBLE | STRING | TRUE | FALSE | ARGUMENT)             # literal
  | qualified (arguments | subscripts)?                               # reference
  ;

qualified
  : name (SCOPE name)?
  ;

arguments
  : LPAREN (argument (COMMA argument)*)? RPAREN
  ;

argument
  : (name ASSIGN)? expression
  ;

subscripts
  : LBRACK subscript (COMMA subscript)* RBRACK
  ;

subscript
  : (expression (COLON expression)?)?
  ;

name
  : ID | DOTTED | AS | IN | SOURCE | RETURN
  ;

IF: 'if';
ELSE: 'else';
FOR: 'for';
PARFOR: 'parfor';
WHILE: 'while';
FUNCTION: 'function';
RETURN: 'return';
IN: 'in';
SOURCE: 'source';
AS: 'as';
TRUE: 'TRUE';
FALSE: 'FALSE';

ARROW: '<-';
PLUS_ASSIGN: '+=';
EQ: '==';
NE: '!=';
LE: '<=';
GE: '>=';
LT: '<';
GT: '>';
ASSIGN: '=';
NOT: '!';
AND_AND: '&&';
AND: '&';
OR_OR: '||';
OR: '|';
POWER: '^';
MATMUL: '%*%';
INTEGER_DIVIDE: '%/%';
MODULO: '%%';
TIMES: '*';
DIVIDE: '/';
PLUS: '+';
MINUS: '-';
LPAREN: '(';
RPAREN: ')';
LBRACK: '[';
RBRACK: ']';
LBRACE: '{';
RBRACE: '}';
COMMA: ',';
SEMI: ';';
SCOPE: '::';
COLON: ':';

ID: LETTER (LETTER | DIGIT | '_')*;
DOTTED: ID ('.' ID)+;
ARGUMENT: '$' (ID | DIGIT+);
INTEGER: DIGIT+ [lL]?;
DOUBLE
  : DIGIT+ '.' DIGIT* EXPONENT? [lL]?
  | '.' DIGIT+ EXPONENT? [lL]?
  | DIGIT+ EXPONENT [lL]?
  ;
STRING
  : '"' ('\\' . | ~["\\])* '"'
  | '\'' ('\\' . | ~['\\])* '\''
  ;
// A closed text is longer, so it wins wherever there is one.
UNTERMINATED
  : '"' ('\\' . | ~["\\\r\n])*
  | '\'' ('\\' . | ~['\\\r\n])*
  ;

COMMENT: '#' ~[\r\n]* -> skip;
BLOCK_COMMENT: '/*' .*? '*/' -> skip;
UNTERMINATED_COMMENT: '/*';
SPACE: [ \t\r\n\f\u00A0\uFEFF]+ -> skip;
UNKNOWN: .;

fragment LETTER: [A-Za-z];
fragment DIGIT: [0-9];
fragment EXPONENT: [eE] [+\-]? DIGIT+;
