# Tudo o que uma pessoa lê: tela, terminal e relatórios. Uma mensagem por código; os atributos são
# .cause (o que aconteceu) e .remedy (o que fazer).

## Programa

program-name = Cartório Digital
environment-demo = DEMONSTRAÇÃO
environment-demo-notice = Sem validade jurídica
verdict-valid = Aprovado
verdict-indeterminate = Indeterminado
verdict-invalid = Reprovado
verdict-unsigned = Sem assinatura digital
verdict-unreadable = Arquivo ilegível
verdict-local = conferência local
verdict-disclaimer = O resultado trata da assinatura e da integridade do arquivo. Não confirma que as informações escritas no documento são verdadeiras.
verdict-counts = { $total ->
    [one] 1 assinatura
   *[other] { $total } assinaturas
}: { $details }
verdict-count-valid = { $count ->
    [one] 1 aprovada
   *[other] { $count } aprovadas
}
verdict-count-indeterminate = { $count ->
    [one] 1 indeterminada
   *[other] { $count } indeterminadas
}
verdict-count-invalid = { $count ->
    [one] 1 reprovada
   *[other] { $count } reprovadas
}
document-unopened = Indeterminado: o arquivo não pôde ser aberto
    .cause = O arquivo traz o que parece uma assinatura, mas não pôde ser aberto (por exemplo, porque pede uma senha ou está danificado).
    .remedy = Peça a quem o enviou uma via que abra sem senha, ou o arquivo original.
document-unreached = Indeterminado: assinatura fora do documento
    .cause = Há uma assinatura no arquivo, mas ela não pertence a nenhum campo do documento que os leitores mostram.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
document-unsigned = Nenhuma assinatura foi encontrada. Carimbos e frases na página são apenas imagem ou texto.
    .remedy = Se esperava uma assinatura, peça o arquivo original a quem o enviou.

## Resultado de cada assinatura

signature-valid = Aprovado
    .cause = Assinado por { $signer }. { $changes } O certificado era válido em { $time } e o emissor é reconhecido pela lista { $list }.
    .remedy = Nenhuma providência é necessária.
signature-hash_failure = Reprovado: documento alterado
    .cause = O conteúdo assinado não é mais o mesmo.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
signature-crypto_failure = Reprovado: dados corrompidos
    .cause = A assinatura não corresponde ao certificado que a acompanha.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
signature-not_computed = Indeterminado: conferência incompleta
    .cause = Não foi possível calcular o resumo criptográfico das partes assinadas.
    .remedy = Peça outra via a quem enviou o arquivo.
signature-unsupported_algorithm = Indeterminado: algoritmo não suportado
    .cause = A assinatura ou o certificado usa { $algorithm }, que este programa não calcula.
    .remedy = Confira no VALIDAR antes de aceitar.
signature-weak_algorithm = Indeterminado: algoritmo antigo
    .cause = O resumo criptográfico usa { $algorithm }, hoje considerado fraco.
    .remedy = Peça nova via.
signature-partial = Indeterminado: assinatura parcial
    .cause = A assinatura cobre só parte do arquivo.
    .remedy = Peça o arquivo original a quem o enviou.
change-not_permitted = Reprovado: mudança não permitida
    .cause = Depois da assinatura, o arquivo mudou, e o signatário não permitiu nenhuma mudança.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-altered = Reprovado: o documento foi alterado depois da assinatura
    .cause = A revisão { $revision } mudou { $path } (objeto { $object }, bytes { $from } a { $to }), e nenhuma regra permite essa mudança.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-ambiguous = Reprovado: alteração ambígua depois da assinatura
    .cause = A revisão { $revision } diz duas coisas diferentes no objeto { $object }: leitores diferentes mostrariam documentos diferentes.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-annotation = Reprovado: anotação acrescentada, mudada ou retirada
    .cause = A revisão { $revision } mexeu em anotações de { $path } (objeto { $object }), o que a assinatura não permite ou que cobre o que a página mostra.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-field_added = Reprovado: campo acrescentado depois da assinatura
    .cause = A revisão { $revision } acrescentou { $path } (objeto { $object }), que não é uma assinatura.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-hidden_field = Reprovado: campo escondido ou mostrado depois da assinatura
    .cause = A revisão { $revision } mexeu em { $path } (objeto { $object }), um campo que não se vê, ou mudou se ele é visto.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-immodest_signature = Reprovado: assinatura que cobre o documento
    .cause = A assinatura acrescentada na revisão { $revision } ({ $path }, objeto { $object }) é grande demais, fica fora da página ou cobre o que a página mostra.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-irregular = Indeterminado: alteração escrita de modo irregular
    .cause = A revisão { $revision } foi escrita de modo que leitores diferentes podem entendê-la de formas diferentes.
    .remedy = Peça outra via a quem o enviou.
change-locked_field = Reprovado: campo bloqueado foi alterado
    .cause = A revisão { $revision } mudou { $path } (objeto { $object }), que a assinatura bloqueou.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-long_term_data_removed = Reprovado: dados de validação retirados
    .cause = A revisão { $revision } retirou ou trocou dados de validação de longo prazo ({ $path }, objeto { $object }).
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-not_signed = Reprovado: campo de assinatura sem assinatura válida
    .cause = A revisão { $revision } acrescentou { $path } (objeto { $object }) como assinatura, mas ali não há uma assinatura que confira.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-read_only_field = Reprovado: campo somente de leitura foi alterado
    .cause = A revisão { $revision } mudou { $path } (objeto { $object }), que não podia ser preenchido.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-signature_field = Reprovado: campo de assinatura alterado
    .cause = A revisão { $revision } mudou { $path } (objeto { $object }), um campo de assinatura que já estava no documento.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-unaccounted_bytes = Reprovado: bytes sem explicação depois da assinatura
    .cause = A revisão { $revision } traz bytes que nada explica (de { $from } a { $to }).
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
change-value_not_shown = Reprovado: o campo mostra outra coisa
    .cause = Na revisão { $revision }, { $path } (objeto { $object }) guarda um valor e mostra outro, ou não se pode saber o que mostra.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
cms-algorithm_protection = Reprovado: algoritmos contraditórios
    .cause = A assinatura protege um algoritmo e usa outro.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-certification_order = Reprovado: certificação fora de ordem
    .cause = A assinatura (objeto { $object }) certifica o documento, mas não é a primeira dele.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-filter = Indeterminado: tipo de assinatura desconhecido
    .cause = A assinatura (objeto { $object }) diz ser do tipo { $filter }, que este programa não conhece.
    .remedy = Confira no VALIDAR antes de aceitar.
format-permissions = Reprovado: permissões contraditórias
    .cause = O documento aponta outra assinatura como a que o certifica (objeto { $object }).
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-removed = Reprovado: assinatura retirada do documento
    .cause = Uma revisão posterior tirou do documento a assinatura do objeto { $object } (bytes { $from } a { $to }).
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-shared_value = Reprovado: uma assinatura em vários campos
    .cause = O campo “{ $field }” mostra a assinatura de outro campo.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
chain-expired_at_signing = Reprovado: certificado vencido quando assinou
    .cause = O certificado venceu em { $date }, antes da data que a própria assinatura informa.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
chain-policy = Indeterminado: políticas de certificado incompatíveis
    .cause = Nenhuma política de certificado vale para todo o caminho de certificação.
    .remedy = Confira no VALIDAR antes de aceitar.
revocation-issuer_revoked = Indeterminado: emissor revogado
    .cause = O certificado de { $subject }, no caminho de certificação, foi revogado em { $date }.
    .remedy = Confira no VALIDAR antes de aceitar.
revocation-of_others = Indeterminado: dados de revogação de outros certificados
    .cause = O arquivo traz dados de revogação, mas nenhum é dos certificados desta assinatura.
    .remedy = Confira no VALIDAR antes de aceitar.
revocation-on_hold = Indeterminado: certificado suspenso
    .cause = O certificado de { $subject } foi suspenso em { $date }; a suspensão pode ser levantada.
    .remedy = Confira de novo mais tarde.
revocation-revoked = Indeterminado: certificado revogado
    .cause = O certificado de { $subject } foi revogado em { $date } e nada comprova que a assinatura foi feita antes.
    .remedy = Não aceite sem prova de que a assinatura é anterior; confira no VALIDAR.
revocation-revoked_at_signing = Reprovado: certificado revogado quando assinou
    .cause = O certificado de { $subject } foi revogado em { $date }, antes da data que a própria assinatura informa.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
revocation-stale = Indeterminado: dados de revogação antigos
    .cause = Os dados de revogação de { $subject } são de { $date } e já não valiam no momento que se pode comprovar.
    .remedy = Confira no VALIDAR antes de aceitar.
revocation-unusable = Indeterminado: dados de revogação sem valor
    .cause = O arquivo traz dados de revogação de { $subject } que não são de confiança ou não servem para este certificado.
    .remedy = Confira no VALIDAR antes de aceitar.
stamp-of_document = Aprovado: carimbo do tempo do documento
    .cause = { $signer } comprovou que o documento existia em { $stamped }. { $changes }
    .remedy = Nenhuma providência é necessária.
stamp-malformed = Indeterminado: carimbo do tempo danificado
    .cause = O carimbo do tempo não pôde ser lido.
    .remedy = Peça nova via a quem o enviou.
stamp-imprint = Indeterminado: carimbo do tempo de outra coisa
    .cause = O carimbo do tempo não foi feito para esta assinatura ou documento.
    .remedy = Não aceite a data; confira no VALIDAR.
stamp-broken = Indeterminado: carimbo do tempo não confere
    .cause = A assinatura do carimbo do tempo não confere.
    .remedy = Não aceite a data; confira no VALIDAR.
stamp-no_certificate = Indeterminado: carimbo do tempo sem certificado
    .cause = O certificado de quem carimbou não está no arquivo.
    .remedy = Confira no VALIDAR antes de aceitar.
stamp-key_usage = Indeterminado: carimbo de quem não pode carimbar
    .cause = O certificado de quem carimbou não foi emitido só para carimbo do tempo.
    .remedy = Confira no VALIDAR antes de aceitar.
stamp-out_of_validity = Indeterminado: carimbo fora da validade
    .cause = O certificado de quem carimbou não valia na hora do carimbo.
    .remedy = Confira no VALIDAR antes de aceitar.
stamp-future = Indeterminado: carimbo do futuro
    .cause = A hora do carimbo é posterior ao momento desta conferência.
    .remedy = Confira a hora deste computador.
stamp-order = Indeterminado: carimbos fora de ordem
    .cause = Um carimbo do tempo é anterior ao que ele cobre.
    .remedy = Confira no VALIDAR antes de aceitar.
structure-two_documents = Reprovado: leitores diferentes mostram documentos diferentes
    .cause = A estrutura do arquivo pode ser lida de duas maneiras; os achados dizem onde.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
structure-bytes_after = Reprovado: bytes depois do documento assinado
    .cause = Há bytes sem explicação depois do que foi assinado (de { $from } a { $to }).
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
policy-wrong_hash = Reprovado: política de assinatura com resumo errado
    .cause = A assinatura diz seguir { $policy }, mas traz um resumo que não é o dessa política.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
policy-missing_attribute = Reprovado: falta um atributo que a política exige
    .cause = A assinatura diz seguir { $policy } e não traz todos os atributos obrigatórios.
    .remedy = Peça nova via a quem o enviou.
policy-prohibited_attribute = Reprovado: atributo que a política proíbe
    .cause = A assinatura diz seguir { $policy } e traz um atributo proibido (por exemplo, signing-time).
    .remedy = Peça nova via a quem o enviou.
policy-missing_time_stamp = Reprovado: falta o carimbo do tempo que a política exige
    .cause = A assinatura diz seguir { $policy }, que exige carimbo do tempo.
    .remedy = Peça nova via a quem o enviou.
policy-unreadable = Reprovado: política de assinatura ilegível
    .cause = O atributo que nomeia a política de assinatura não pôde ser lido.
    .remedy = Peça nova via a quem o enviou.
structure-not_judged = Indeterminado: estrutura irregular
    .cause = A estrutura do arquivo tem irregularidades que impedem uma conclusão.
    .remedy = Peça outra via a quem o enviou.
chain-unknown_issuer = Indeterminado: emissor desconhecido
    .cause = A assinatura confere com o documento, mas { $issuer } não está na lista de confiança { $list }. Isso não quer dizer que seja falsa.
    .remedy = Confira no VALIDAR, ou inclua o emissor na lista de confiança se o conhece.
chain-not_yet_valid = Reprovado: certificado ainda não válido
    .cause = O certificado só passa a valer em { $date }.
    .remedy = Confira a data do computador; se estiver certa, não aceite este arquivo.
chain-expired = Indeterminado: certificado vencido
    .cause = O certificado venceu em { $date } e nada comprova que a assinatura foi feita antes.
    .remedy = Confira no VALIDAR antes de aceitar.
chain-issuer_out_of_validity = Indeterminado: emissor fora da validade
    .cause = O certificado de { $issuer }, no caminho de certificação, não é válido nesta data.
    .remedy = Confira no VALIDAR antes de aceitar.
chain-constraint = Indeterminado: certificado fora das regras
    .cause = O certificado de { $issuer } não pode ser usado neste caminho de certificação.
    .remedy = Confira no VALIDAR antes de aceitar.
chain-broken = Indeterminado: caminho de certificação quebrado
    .cause = Um certificado do caminho não foi assinado por quem diz ser o emissor.
    .remedy = Confira no VALIDAR antes de aceitar.
chain-key_usage = Indeterminado: certificado emitido para outro fim
    .cause = O certificado não foi emitido para assinar documentos.
    .remedy = Peça nova via, assinada com um certificado de assinatura.
revocation-missing = Indeterminado: falta consultar a revogação
    .cause = Tudo o que pôde ser conferido está correto; falta consultar se o certificado foi revogado.
    .remedy = Confira no VALIDAR antes de aceitar.
format-not_top_level = Reprovado: assinatura malformada
    .cause = A assinatura (objeto { $object }) está guardada onde não pode ser conferida.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-duplicate_keys = Reprovado: assinatura ambígua
    .cause = A assinatura (objeto { $object }) diz duas coisas diferentes sob o mesmo nome.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-byte_range = Reprovado: dados corrompidos
    .cause = A assinatura (objeto { $object }) não diz corretamente que parte do arquivo cobre.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-contents = Reprovado: dados corrompidos
    .cause = O campo de assinatura (objeto { $object }) não contém uma assinatura.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-gap = Reprovado: dados corrompidos
    .cause = A parte do arquivo deixada fora da assinatura (objeto { $object }) não é só a própria assinatura.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-padding = Reprovado: dados escondidos
    .cause = Há dados escondidos no espaço da assinatura (objeto { $object }).
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-redefined = Reprovado: assinatura substituída
    .cause = Os dados da assinatura (objeto { $object }) foram trocados depois de assinados.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-shared_range = Reprovado: assinaturas sobrepostas
    .cause = A assinatura (objeto { $object }) cobre a mesma parte do arquivo que outra.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-not_a_revision = Reprovado: cobertura irregular
    .cause = A assinatura (objeto { $object }) termina no meio do arquivo, onde nenhuma versão dele termina.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-other_revision = Reprovado: assinatura fora do lugar
    .cause = A assinatura (objeto { $object }) não está na versão do arquivo que diz assinar.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-dictionary = Reprovado: assinatura malformada
    .cause = Os dados da assinatura (objeto { $object }) não seguem a norma.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
format-sub_filter = Indeterminado: tipo de assinatura não suportado
    .cause = A assinatura é do tipo { $subfilter }, que esta versão ainda não confere.
    .remedy = Confira no VALIDAR antes de aceitar.
cms-malformed = Reprovado: dados corrompidos
    .cause = A assinatura está danificada ou malformada.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
cms-not_der = Reprovado: codificação irregular
    .cause = A assinatura não está na codificação que o padrão PAdES exige.
    .remedy = Peça nova via a quem o enviou.
cms-signers = Reprovado: número de signatários irregular
    .cause = Cada assinatura deve ter exatamente um signatário.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
cms-content = Reprovado: conteúdo irregular
    .cause = A assinatura traz um conteúdo próprio em vez de assinar este documento.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
cms-version = Reprovado: dados corrompidos
    .cause = A versão declarada na assinatura contradiz a sua estrutura.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
cms-digest_algorithms = Reprovado: algoritmos contraditórios
    .cause = A assinatura nomeia resumos criptográficos diferentes em lugares que devem concordar.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
cms-no_signed_attributes = Reprovado: assinatura incompleta
    .cause = Faltam os atributos assinados.
    .remedy = Peça nova via a quem o enviou.
cms-content_type = Reprovado: assinatura incompleta
    .cause = O atributo content-type falta ou está errado.
    .remedy = Peça nova via a quem o enviou.
cms-message_digest = Reprovado: assinatura incompleta
    .cause = O atributo message-digest falta ou está repetido.
    .remedy = Peça nova via a quem o enviou.
cms-repeated_attribute = Reprovado: atributo repetido
    .cause = Um atributo assinado aparece duas vezes.
    .remedy = Peça nova via a quem o enviou.
cms-signing_certificate = Reprovado: certificado trocado
    .cause = A assinatura nomeia um certificado diferente do que a acompanha.
    .remedy = Não aceite este arquivo; peça o original a quem o enviou.
cms-no_signer_certificate = Indeterminado: falta o certificado
    .cause = O certificado de quem assinou não está no arquivo.
    .remedy = Peça nova via a quem o enviou.
cms-damaged_certificate = Indeterminado: certificado danificado
    .cause = Um dos certificados que acompanham a assinatura está danificado.
    .remedy = Peça nova via a quem o enviou.

## Achados

change-signature_added = A revisão { $revision } acrescentou a assinatura “{ $field }” (permitido).
change-time_stamp_added = A revisão { $revision } acrescentou o carimbo do tempo “{ $field }” (permitido).
change-empty_field = A revisão { $revision } preparou o campo de assinatura “{ $field }”, assinado depois (permitido).
change-field_filled = A revisão { $revision } preencheu o campo “{ $field }”: antes “{ $was }”, agora “{ $is }” (permitido).
change-annotation_listed = A revisão { $revision } mexeu em anotações de { $path } (objeto { $object }), sem cobrir o que a página mostra.
change-long_term_data = A revisão { $revision } acrescentou dados de validação de longo prazo (permitido).
change-structure = A revisão { $revision } acompanhou os campos novos na estrutura do documento (permitido).
change-field_locked = A revisão { $revision } bloqueou o campo “{ $field }” (permitido).
change-extensions = A revisão { $revision } anotou uma versão ou extensão mais nova do formato (permitido).
change-forbidden = A revisão { $revision } mudou { $path } (objeto { $object }, bytes { $from } a { $to }), o que não é permitido.
change-irregular_index = O índice da revisão { $revision } está escrito de modo irregular.
change-orphans = { $count ->
    [one] A revisão { $revision } traz 1 objeto que o documento não usa ({ $objects }).
   *[other] A revisão { $revision } traz { $count } objetos que o documento não usa ({ $objects }).
}
structure-conflicting_keys = O objeto { $object } diz duas coisas diferentes sob o mesmo nome.
structure-hidden_objects = A revisão { $revision } esconde objetos que leitores tolerantes mostrariam.
structure-page_tree = A sequência das páginas leva de volta a si mesma, ou não pôde ser lida.
structure-polyglot = O que vem antes do início do PDF é um arquivo de outro tipo.
structure-shared_value = O campo “{ $field }” mostra a assinatura de outro campo.
structure-unexplained_bytes = Há bytes que nada explica (de { $from } a { $to }).
structure-unopened = O arquivo traz uma assinatura, mas não pôde ser aberto ({ $reason }).
structure-unreached_signature = Há uma assinatura no arquivo que não pertence a nenhum campo do documento.
structure-unreadable_object = O objeto { $object } não pôde ser lido onde o índice do arquivo diz que está.
signature-attribute_order = Os atributos da assinatura “{ $field }” não estão na ordem da norma; ela confere assim mesmo.
signature-unreadable_certificate = Um certificado que acompanha a assinatura “{ $field }” não pôde ser lido e não foi usado.
imitation-found = A página { $page } mostra algo que parece uma assinatura e não é (objeto { $object }): { $what }.
change-unaccounted = A revisão { $revision } traz bytes que o índice do arquivo não conhece (de { $from } a { $to }).
change-information = A revisão { $revision } mudou as informações do documento (título, datas), que não aparecem nas páginas.
structure-repaired = O índice do arquivo está danificado; os objetos tiveram de ser procurados.
structure-prefix = { $count ->
    [one] Há 1 byte antes do início do PDF.
   *[other] Há { $count } bytes antes do início do PDF.
}
structure-misplaced_section = O índice da revisão { $revision } está fora do lugar.
structure-hybrid_disagrees = Os dois índices da revisão { $revision } se contradizem: leitores diferentes podem mostrar documentos diferentes.
structure-repeated_keys = O índice da revisão { $revision } traz a mesma chave duas vezes: leitores diferentes podem mostrar documentos diferentes.
structure-two_bases = Há dois índices possíveis no arquivo: leitores diferentes podem mostrar documentos diferentes.
structure-trailing_bytes = Há bytes sem explicação depois do fim do documento (de { $from } a { $to }).
structure-incomplete = Indeterminado: conferência incompleta
    .cause = Um limite foi atingido ou parte do arquivo não pôde ser lida; a conferência não é completa.
    .remedy = Peça outra via a quem o enviou.
structure-encrypted = O arquivo é cifrado, com senha de abertura vazia.
field-empty = O campo de assinatura “{ $field }” está vazio.
cades-signing_time = A assinatura “{ $field }” traz o atributo signing-time, que o padrão PAdES não admite.

## As três perguntas

question-who = Quem assinou?
question-changed = O documento mudou?
question-trust = Dá para confiar no certificado e na data?
answer-who = { $signer }, certificado emitido por { $issuer }
answer-who-unknown = Não foi possível saber
answer-unchanged = O documento não foi alterado depois da assinatura.
answer-only-permitted = Depois dela, só foi acrescentado o que é permitido: { $list }.
added-signatures = { $count ->
    [one] 1 assinatura ou carimbo
   *[other] { $count } assinaturas ou carimbos
}
added-fields = { $count ->
    [one] 1 campo preenchido
   *[other] { $count } campos preenchidos
}
added-annotations = { $count ->
    [one] 1 anotação
   *[other] { $count } anotações
}
added-long-term = dados de validação de longo prazo
added-information = informações do arquivo (título, datas), que não aparecem nas páginas
answer-changed = O documento mudou depois da assinatura.
answer-changed-unknown = Não foi possível saber se o documento mudou.
answer-claimed-time = Data informada pelo computador de quem assinou: { $time }.
answer-proven-time = Carimbo do tempo comprova que existia em { $time }.
answer-trust-moot = Não é o que decide aqui: o problema está no documento. { $time }
answer-no-time = A assinatura não informa a data.

## Erros ao ler o arquivo

pdf-not_pdf = Não é um PDF
    .cause = O arquivo não começa como um PDF.
    .remedy = Confira se é o arquivo certo; uma foto ou um documento de texto precisa antes ser convertido para PDF.
pdf-empty = Arquivo vazio
    .cause = O arquivo não tem conteúdo.
    .remedy = Baixe ou copie o arquivo de novo.
pdf-damaged = Arquivo danificado
    .cause = Não foi possível ler o arquivo inteiro.
    .remedy = Peça outra via a quem o enviou.
pdf-limit = Arquivo fora dos limites
    .cause = O arquivo passa de um limite de segurança deste programa.
    .remedy = Peça outra via a quem o enviou.
pdf-password_protected = PDF com senha
    .cause = O arquivo só abre com uma senha.
    .remedy = Peça uma via sem senha a quem o enviou.
pdf-encryption_unsupported = Cifragem não suportada
    .cause = O arquivo usa um tipo de cifragem que este programa não lê.
    .remedy = Peça uma via sem cifragem a quem o enviou.
pdf-repaired_not_extended = Arquivo com índice danificado
    .cause = O índice do arquivo teve de ser reconstruído; uma assinatura acrescentada a ele não seria confiável.
    .remedy = Gere o PDF de novo no programa de origem e assine a nova via.
pdf-prefix_not_extended = Arquivo com bytes antes do início
    .cause = Há bytes antes do início do PDF; programas diferentes leriam a assinatura de modo diferente.
    .remedy = Gere o PDF de novo no programa de origem e assine a nova via.
pdf-encrypted_not_extended = Arquivo cifrado
    .cause = O arquivo é cifrado, e assinaturas em arquivos cifrados não são conferidas por muitos leitores.
    .remedy = Gere uma via sem cifragem e assine a nova via.
pdf-signing_forbidden = O autor não permite novas assinaturas
    .cause = O documento foi certificado sem permissão para alterações (DocMDP 1) ou com todos os campos bloqueados.
    .remedy = Peça ao autor uma via que admita novas assinaturas.
pdf-dynamic_content = Este PDF pode mudar de aparência
    .cause = É um formulário dinâmico (XFA), cujas páginas são montadas quando é aberto.
    .remedy = Gere uma via comum do documento (por exemplo, em PDF/A) e assine a nova via.
pdf-no_page = Documento sem páginas
    .cause = O arquivo não tem nenhuma página.
    .remedy = Gere o PDF de novo no programa de origem.
pdf-self_check = O resultado não passou na conferência
    .cause = A assinatura foi feita, mas o arquivo resultante não passou na conferência do próprio programa ({ $reason }). Nenhum arquivo foi criado.
    .remedy = Gere o PDF de novo no programa de origem e assine a nova via.

## Erros de arquivo

file-not_found = Arquivo não encontrado
    .cause = { $file } não existe.
    .remedy = Confira o nome e a pasta.
file-no_pdf = Nenhum PDF encontrado
    .cause = Não há PDF em { $folder }.
    .remedy = Confira a pasta ou o nome.
file-not_a_file = Não é um arquivo
    .cause = { $file } é uma pasta ou outra coisa que não contém um documento.
    .remedy = Escolha um arquivo PDF.
file-one_at_a_time = Um documento por vez
    .cause = Foram soltos vários arquivos; só o primeiro foi aberto.
    .remedy = Solte os outros um a um, ou confira todos no terminal com cartorio verify.
file-no_permission = Não foi possível usar o arquivo
    .cause = O sistema não deu permissão para { $file }.
    .remedy = Escolha outra pasta ou peça a permissão à administração.
file-exists = O arquivo já existe
    .cause = { $file } já existe e não foi sobrescrito.
    .remedy = Escolha outro nome; no terminal, --overwrite substitui o arquivo.
file-in_use = O relatório substituiria outro arquivo
    .cause = { $file } é um dos documentos conferidos ou já foi gravado nesta conferência.
    .remedy = Escolha outro nome, ou outra pasta com --out.
file-no_space = Disco cheio
    .cause = Não há espaço para gravar { $file }. Nenhum arquivo foi criado.
    .remedy = Libere espaço e tente de novo.
file-io = Não foi possível usar o arquivo
    .cause = O sistema recusou o acesso a { $file }.
    .remedy = Feche-o em outros programas e tente de novo.
file-changed_on_disk = O arquivo mudou no disco
    .cause = { $file } mudou desde que foi aberto.
    .remedy = Abra de novo para conferir a versão atual.
file-same_as_original = A saída é o próprio original
    .cause = O original nunca é alterado.
    .remedy = Escolha outro nome para o arquivo assinado.
file-too_many = Arquivos demais
    .cause = Há arquivos demais abertos.
    .remedy = Feche alguns e tente de novo.

## Erros de chave e certificado

sign-algorithm_does_not_fit = Algoritmo e chave não combinam
    .cause = A chave do certificado não assina com o algoritmo pedido.
    .remedy = Escolha um algoritmo da família da chave (RSA ou ECDSA).
sign-no_certificate = Falta o certificado
    .cause = Nenhum certificado foi informado para esta chave.
    .remedy = Informe o certificado e sua cadeia com --cert CADEIA.pem.
sign-wrong_signature = A resposta da chave não confere
    .cause = A assinatura devolvida não pertence à chave do certificado. Nenhum arquivo foi criado.
    .remedy = Confira se o apelido da chave não mudou e tente de novo.
sign-does_not_fit = A assinatura não coube
    .cause = A assinatura devolvida é maior do que o espaço calculado. Nenhum arquivo foi criado.
    .remedy = Informe o caso à administração.
sign-certificate_not_valid = Certificado fora da validade
    .cause = O certificado vale de { $from } a { $until }.
    .remedy = Use um certificado válido; confira também a data do computador.
sign-chain_incomplete = A cadeia do certificado está incompleta
    .cause = Falta o certificado de { $issuer }. Nada foi assinado.
    .remedy = Informe um arquivo com a cadeia inteira, até a raiz.
sign-chain_unfit = O certificado não serve para assinar documentos
    .cause = O certificado de { $signer } foi emitido para outro fim, ou a cadeia informada não o sustenta. Nada foi assinado.
    .remedy = Use um certificado emitido para assinar documentos, com a cadeia que o emitiu.
sign-unknown_key = Chave desconhecida
    .cause = A demonstração não tem a chave “{ $key }”.
    .remedy = Use uma destas: rsa-2048, rsa-3072, rsa-4096, p-256, p-384.
sign-key_needed = Falta dizer a chave
    .cause = Fora da demonstração, a chave do KMS precisa ser informada.
    .remedy = Informe --key com o ARN ou o apelido (alias/…) e --cert com a cadeia.
sign-in_progress = Há uma assinatura em andamento
    .cause = O outro documento não foi aberto.
    .remedy = Espere o fim da assinatura, ou cancele-a, e abra o documento de novo.
sign-cancelled = Assinatura cancelada
    .cause = Você cancelou. Nenhum arquivo foi criado.
    .remedy = Comece de novo quando quiser.
environment-unknown = Ambiente não permitido
    .cause = { $reason }
    .remedy = Use demo, dev, homolog ou prod, com as opções que cabem em cada um.
trust-no_certificate = Nenhum certificado encontrado
    .cause = { $file } não contém certificados em PEM ou DER.
    .remedy = Informe um arquivo com os certificados, ou uma pasta com eles.
trust-certificate_malformed = Certificado malformado
    .cause = Um certificado de { $file } não pôde ser lido.
    .remedy = Obtenha o certificado de novo com a autoridade que o emitiu.
trust-too_many = Certificados demais
    .cause = { $file } tem certificados demais.
    .remedy = Informe só os certificados necessários.
cades-malformed = Certificado malformado
    .cause = O certificado ou a assinatura não pôde ser lido.
    .remedy = Obtenha o certificado de novo com a autoridade que o emitiu.
cades-unsupported_algorithm = Algoritmo não suportado
    .cause = O certificado usa um algoritmo que este programa não calcula.
    .remedy = Use um certificado RSA (2048 bits ou mais) ou ECDSA (P-256, P-384).
cades-bad_signature = Assinatura que não confere
    .cause = A assinatura não pertence à chave.
    .remedy = Tente de novo; se persistir, informe a administração.

## Erros do KMS

kms-throttled = O KMS está ocupado
    .cause = O limite de pedidos por segundo da conta foi atingido, mesmo depois de novas tentativas. Nada foi assinado.
    .remedy = Aguarde um minuto e tente de novo.
kms-key_disabled = Chave desativada
    .cause = A chave { $key } está desativada. Nada foi assinado.
    .remedy = Peça à administração que a ative.
kms-key_pending_deletion = Chave marcada para exclusão
    .cause = A chave { $key } está marcada para exclusão ou em outro estado que não permite assinar. Nada foi assinado.
    .remedy = Peça à administração que cancele a exclusão, ou use outra chave.
kms-key_unavailable = Chave indisponível
    .cause = A chave { $key } não respondeu agora. Nada foi assinado.
    .remedy = Tente de novo em alguns minutos.
kms-wrong_usage = Chave de outro uso
    .cause = A chave { $key } não serve para assinar com este algoritmo.
    .remedy = Use uma chave SIGN_VERIFY cujo tipo combine com o algoritmo.
kms-not_found = Chave não encontrada
    .cause = A chave { $key } não existe nesta conta e região.
    .remedy = Confira o ARN ou o apelido e a região.
kms-access_denied = Você não tem permissão para usar esta chave
    .cause = A conta em uso não pode usar a chave { $key }.
    .remedy = Peça à administração o acesso a esta chave.
kms-expired_token = Sua sessão terminou
    .cause = As credenciais da AWS venceram. Nada foi assinado.
    .remedy = Renove as credenciais da AWS e repita a assinatura.
kms-invalid_credentials = Credenciais não aceitas
    .cause = A AWS não reconheceu as credenciais deste computador.
    .remedy = Confira as credenciais configuradas (variáveis AWS_… ou perfil).
kms-no_credentials = Faltam credenciais da AWS
    .cause = Nenhuma credencial da AWS foi encontrada neste computador.
    .remedy = Configure as credenciais (variáveis AWS_… ou perfil) e tente de novo.
kms-network = Sem conexão com a AWS
    .cause = O serviço de chaves não respondeu. Nada foi assinado.
    .remedy = Confira a internet e tente de novo; verificar documentos funciona sem internet.
kms-clock_skewed = O relógio do computador está errado
    .cause = A AWS recusou o pedido porque a hora deste computador difere em { $minutes } min.
    .remedy = Acerte a hora antes de assinar.
kms-key_mismatch = A chave não é a do certificado
    .cause = A chave pública de { $key } no KMS difere da chave do certificado informado. Nada foi assinado.
    .remedy = Informe o certificado emitido para esta chave.
kms-unexpected = Resposta inesperada do KMS
    .cause = O KMS respondeu com o erro { $detail }. Nada foi assinado.
    .remedy = Tente de novo; se persistir, informe a administração.

## Demonstração

demo-store = Não foi possível guardar a demonstração
    .cause = A pasta de dados do programa não pôde ser usada.
    .remedy = Confira a permissão e o espaço da pasta de dados.
demo-crypto = Não foi possível criar a demonstração
    .cause = A criação das chaves de demonstração falhou.
    .remedy = Tente de novo; se persistir, informe o caso.
demo-vault_locked = O cofre de senhas está bloqueado
    .cause = As chaves da demonstração existem, mas o cofre do sistema, que as abre, está bloqueado ou não responde.
    .remedy = Desbloqueie o cofre de senhas do sistema e tente de novo.
demo-newer = Demonstração de uma versão mais nova
    .cause = Os dados da demonstração foram gravados por uma versão mais nova do programa.
    .remedy = Use a versão mais nova do programa.
demo-memory-only-locked = O cofre de senhas deste computador está bloqueado ou não responde: as chaves da demonstração ficam só na memória e deixam de existir quando o programa fecha.
demo-memory-only = Sem cofre de senhas neste computador: as chaves da demonstração ficam só na memória e deixam de existir quando o programa fecha.
demo-recreated = As chaves antigas da demonstração não puderam ser abertas pelo cofre do sistema; uma nova demonstração foi criada.

## Detalhes para peritos

answer-trusted = O emissor é reconhecido pela lista { $list }. { $time }
coverage-whole-file = cobre o documento inteiro
coverage-whole-revision = cobre até a revisão { $revision }
coverage-partial = não cobre o documento inteiro
detail-indication = Indicação (EN 319 102-1)
detail-code = Código
detail-field = Campo
detail-coverage = Cobertura
detail-algorithm = Algoritmo
detail-subfilter = Tipo de assinatura
detail-reason = Motivo declarado
detail-location = Local declarado

detail-class = Classe jurídica
detail-cpf = CPF do titular
detail-cnpj = CNPJ do titular
detail-responsible = Responsável
detail-certificate-kind = Tipo de certificado
detail-level = Nível PAdES
detail-next-level = Para o próximo nível
detail-provable-until = Comprovável até
detail-policy = Política de assinatura
detail-bytes = Partes assinadas (ByteRange)
detail-object = Objeto
detail-path = Caminho de certificação
detail-time-stamp = Carimbo do tempo
detail-conformity = Lista de conformidade local (não é a do VALIDAR)
item-met = atendido
item-not-met = não atendido
class-qualified = Assinatura eletrônica qualificada (certificado ICP-Brasil)
class-seal = Selo eletrônico de pessoa jurídica (ICP-Brasil): atesta origem e integridade, não a vontade de uma pessoa
class-gov-br = Assinatura eletrônica avançada (gov.br)
class-private-ca = Assinatura eletrônica avançada. O certificado não foi emitido pela ICP-Brasil: só vale entre quem o aceita e não substitui a assinatura qualificada exigida em certidões e atos que a lei reserva a ela.
class-demonstration = Demonstração: assinatura sem validade jurídica
class-unknown = Identidade não confirmada: o emissor do certificado não é conhecido por este computador
list-icp-brasil = da ICP-Brasil
list-gov-br = do gov.br
list-demonstration = da demonstração
list-given = informada por você ou por esta serventia
stamp-valid = confere
step-revocation-good = não revogado
step-revocation-anchor = âncora de confiança
step-revocation-revoked-later = revogado depois da data comprovada
step-revocation-revoked = revogado
step-revocation-on-hold = suspenso
step-revocation-stale = dados de revogação antigos
step-revocation-unusable = dados de revogação sem valor
step-revocation-missing = revogação não consultada
step-revocation-not-asked = revogação não conferida a pedido
level-next = falta para { $next }: { $list }
level-sub_filter = tipo ETSI.CAdES.detached (é { $what })
level-signing_certificate = atributo signing-certificate
level-signing_time = sem o atributo signing-time
level-claimed_time = data no dicionário (/M)
level-forbidden_attribute = sem atributos que o PAdES deixa fora
level-format = assinatura bem formada sobre uma versão inteira
level-time_stamp = carimbo do tempo válido
level-dss = dados de validação no documento (DSS)
level-path = caminho até uma âncora de confiança
level-revocation = dados de revogação de { $what }
level-revocation_stale = dados de revogação recentes de { $what }
level-document_time_stamp = carimbo do tempo do documento sobre os dados de validação
policy-readable = o atributo da política pode ser lido
policy-hash = o resumo é o da política
policy-one_qualifier = um qualificador, com o endereço da política
policy-mandatory_attributes = atributos obrigatórios presentes
policy-prohibited_attributes = nenhum atributo assinado proibido
policy-unsigned_attributes = nenhum atributo não assinado além do carimbo
policy-algorithm = algoritmo e chave admitidos
policy-in_force = política em vigor na data
policy-chain = certificado da ICP-Brasil
policy-time_stamp = carimbo do tempo presente

## Relatórios

report-title = Relatório de conferência local
report-disclaimer = Conferência local feita por este programa; não é o relatório do VALIDAR (ITI).
report-name = Nome do arquivo
report-date = Data da conferência
report-software = Versão do software
report-source = Fonte de verificação
report-source-offline = Offline
report-source-online = Online
report-sha256 = Resumo SHA-256 do arquivo
report-type = Tipo do arquivo
report-count = Quantidade de assinaturas
report-signature = Assinatura { $number }: { $field }
report-signer = Assinante
report-issuer = Emissor
report-status = Status de assinatura
report-signed-at = Data da assinatura (declarada)
report-message = Mensagem de alerta ou erro
report-findings = Achados
report-parts = De quem são os bytes do arquivo
report-part = bytes { $from } a { $to }: { $owner }
part-signed = assinados por { $signature }
part-value = valor da assinatura { $signature }
part-added = acrescentados na revisão { $revision }, sem assinatura que os cubra
part-line-end = fim de linha
part-unexplained = sem explicação

## Consultas pela rede

fetch-done = consultado
fetch-from_cache = lido da cópia local, ainda dentro da validade
fetch-refused = Endereço recusado
    .cause = O endereço não é da internet pública ou não é http(s), e por segurança não foi consultado.
    .remedy = Confira o endereço.
fetch-no_answer = Sem resposta
    .cause = O servidor não respondeu a tempo.
    .remedy = Confira a internet e tente de novo.
fetch-status = Resposta negativa
    .cause = O servidor respondeu que não pode atender.
    .remedy = Tente de novo mais tarde.
fetch-too_large = Resposta grande demais
    .cause = O servidor enviou mais do que um arquivo desse tipo pode ter.
    .remedy = Confira o endereço.
trust-hash_differs = O conjunto de certificados não confere
    .cause = O arquivo baixado não é o que o resumo publicado ao lado dele descreve. Nada foi mudado.
    .remedy = Tente de novo mais tarde; se persistir, importe um arquivo obtido por outro meio.
report-no_signature = Sem assinatura, não há o que relatar
    .cause = A forma ETSI TS 119 102-2 relata assinaturas, e o documento não tem nenhuma.
    .remedy = Use --report html, pdf ou json.
file-no_facts = Não é um arquivo de fatos
    .cause = O arquivo não foi gravado por cartorio verify --report json, ou é de outra versão.
    .remedy = Confira o documento de novo com --report json.

## Assinar

step-preparing = Preparando
step-signing = Assinando com a chave
step-writing = Gravando o novo arquivo
step-checking = Conferindo o resultado
step-done = Pronto
legal-class-demo = Demonstração: assinatura sem validade jurídica.
legal-class-test = Fora de produção: assinatura sem validade jurídica.
legal-class-unknown = A classe jurídica desta assinatura depende de quem emitiu o certificado; este programa ainda não a determina.

## Janela

program-no_data_folder = Não há pasta para os dados do programa
    .cause = O sistema não informa a pasta pessoal deste usuário.
    .remedy = Confira a variável HOME, ou informe outra pasta em CARTORIO_HOME.
program-no_window = Não foi possível abrir a janela
    .cause = O componente do sistema que desenha a janela (WebView) falta ou não pôde ser iniciado.
    .remedy = Reinstale o programa; no terminal, o comando cartorio faz o mesmo trabalho.
program-internal = Algo inesperado aconteceu no programa
    .cause = Um trabalho terminou sem resposta.
    .remedy = Tente de novo; se persistir, reinicie o programa.
ui-skip = Ir para o conteúdo
ui-choose-title = Abrir PDF
ui-home-title = Solte um PDF aqui
ui-home-explanation = O programa mostra se o documento está assinado, se mudou depois, e permite assiná-lo.
ui-open = Abrir arquivo…
ui-open-sample = Experimentar com uma certidão de exemplo
ui-promise = O documento não sai deste computador.
ui-dismiss = Fechar este aviso
ui-page-failed = Esta página não pôde ser mostrada.
ui-catalogue-notice = Catálogo de componentes: exemplos; nenhum resultado desta página é verdadeiro.
ui-home = Início
ui-close-document = Início: fechar este documento
ui-verifying = Verificando…
ui-verdict-heading = Resultado · conferência local
ui-what-to-do = O que fazer:
ui-findings = O que mais foi observado
ui-file-details = Detalhes do arquivo
ui-judged-at = Conferido em
ui-trust-list = Lista de confiança
ui-experts = Detalhes para peritos
ui-sign = Assinar…
ui-show-folder = Mostrar na pasta
ui-error-code = Código para o suporte: { $code }
ui-document-region = Conteúdo do documento (não é informação do programa)
ui-document-caption = Conteúdo do documento
ui-pages = { $count ->
    [one] 1 página
   *[other] { $count } páginas
}
ui-page = Página { $number }
ui-zoom-in = Aumentar a página
ui-zoom-out = Diminuir a página
ui-opening = Abrindo o documento…
ui-cannot-draw = O documento não pôde ser mostrado. O resultado da conferência, ao lado, não depende disso.
ui-sign-title = Confirmar a assinatura
ui-sign-sentence = Você vai assinar { $file } como { $signer }, com a chave { $key }, em { $environment }.
ui-sign-certifies = É a primeira assinatura: depois dela só serão permitidas novas assinaturas e preenchimento de campos.
ui-sign-approves = O documento já tem assinatura; a sua será acrescentada sem mudar as anteriores.
ui-sign-output = O original não será alterado; será criado { $output } na pasta { $folder }.
ui-sign-digest = Resumo criptográfico do documento (SHA-256):
ui-reason = Motivo (opcional)
ui-location = Local (opcional)
ui-sign-confirm = Assinar agora
ui-back = Voltar
ui-cancel = Cancelar
ui-step = { $number } de { $total }: { $name }

## Terminal

cli-error = Erro: { $title } [{ $code }]
cli-warning = Aviso: { $text }
cli-remedy = O que fazer: { $text }
cli-signed = Assinado: { $file }
cli-signer = Signatário: { $signer }
cli-key = Chave: { $key } · { $algorithm } · ambiente { $environment }
cli-request = Pedido ao KMS: { $id }
cli-checked = O resultado foi conferido antes de receber o nome; o original não foi alterado.
cli-demo-samples = 1. Certidões de exemplo em { $folder }:
cli-demo-root = 2. A raiz da demonstração está em { $file }.
cli-demo-signed = 3. Assinado: { $file }
cli-demo-verified = 4. Conferência do arquivo assinado:
cli-demo-again = Para conferir de novo:
cli-table = Resultado, dos piores aos melhores:
cli-summary = { $count ->
    [one] 1 arquivo
   *[other] { $count } arquivos
}: { $details }
cli-report-written = Relatório: { $file }
cli-csv-written = Tabela: { $file }
cli-trust-none = Os certificados das autoridades ainda não foram trazidos para este computador. Use cartorio trust update (pela internet) ou cartorio trust import ARQUIVO.
cli-trust-updated = Cadeias de confiança de { $date }.
cli-trust-imported = { $count ->
    [one] 1 certificado novo
   *[other] { $count } certificados novos
}, { $known } já conhecidos, { $unreadable } ilegíveis.
cli-trust-absent = só a impressão digital
cli-trust-issuer = emissor
cli-trust-office = desta serventia
cli-trust-icp = ICP-Brasil
cli-trust-icp-old = ICP-Brasil (histórica)
cli-trust-icp-other = ICP-Brasil (outros fins)
cli-trust-gov-br = gov.br
cli-fetched = Consultas pela rede:
second-agrees = Um segundo leitor, de outros autores, vê os objetos do documento nos mesmos lugares.
second-differs = Um segundo leitor, de outros autores, vê em outro lugar os objetos { $objects }.
second-cannot = Um segundo leitor, de outros autores, não conseguiu abrir o arquivo.
cli-explain = Explicação:
cli-wrong-use = Erro: uso incorreto
cli-see-help = Veja a ajuda: cartorio --help, ou cartorio COMANDO --help
