//! What can be typed. All help is in pt-BR; clap's own English words are replaced.

use std::{path::PathBuf, process::ExitCode};

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum, error::ErrorKind};

use crate::WRONG_USE;

const TEMPLATE: &str = "{about}\n\nUso: {usage}\n\n{all-args}{after-help}";

/// Assina e confere PDFs de cartório (PAdES), neste computador.
#[derive(Debug, Parser)]
#[command(name = "cartorio", version, disable_help_flag = true, disable_version_flag = true, disable_help_subcommand = true,
    help_template = TEMPLATE, subcommand_help_heading = "Comandos", next_help_heading = "Opções", subcommand_value_name = "COMANDO")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Mostra esta ajuda
    #[arg(short = 'h', long = "help", global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// Mostra a versão
    #[arg(short = 'V', long = "version", action = clap::ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Assina um PDF; o original não é alterado
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Sign(SignArguments),
    /// Prolonga as assinaturas de um PDF, de quem quer que sejam: carimbo do tempo e dados de longo prazo
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Extend(ExtendArguments),
    /// Confere as assinaturas de um ou mais PDFs
    #[command(help_template = TEMPLATE, next_help_heading = "Opções", after_help = STATUS)]
    Verify(VerifyArguments),
    /// Julga de novo os fatos gravados por verify --report json, sem o documento
    #[command(help_template = TEMPLATE, next_help_heading = "Opções", after_help = STATUS)]
    Judge(JudgeArguments),
    /// Mostra, importa e atualiza os certificados em que este computador confia
    #[command(help_template = TEMPLATE, next_help_heading = "Opções", subcommand_value_name = "COMANDO", subcommand_help_heading = "Comandos")]
    Trust(TrustArguments),
    /// Entra na AWS com o Identity Center, pelo navegador ou com um código
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Login(LoginArguments),
    /// Sai da AWS: encerra a sessão e a apaga do cofre do sistema
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Logout(SessionArguments),
    /// Diz quem entrou, em qual conta e até quando
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Whoami(SessionArguments),
    /// Mostra as chaves da serventia no KMS
    #[command(help_template = TEMPLATE, next_help_heading = "Opções", subcommand_value_name = "COMANDO", subcommand_help_heading = "Comandos")]
    Keys(KeysArguments),
    /// Faz o pedido de certificado (PKCS #10) de uma chave do KMS, assinado por ela mesma
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Csr(CsrArguments),
    /// Pede, confere, instala e revoga o certificado da chave de um ambiente
    #[command(help_template = TEMPLATE, next_help_heading = "Opções", subcommand_value_name = "COMANDO", subcommand_help_heading = "Comandos")]
    Certificate(CertificateArguments),
    /// Autoridade certificadora da própria serventia, com as chaves no KMS
    #[command(help_template = TEMPLATE, next_help_heading = "Opções", subcommand_value_name = "COMANDO", subcommand_help_heading = "Comandos")]
    Ca(CaArguments),
    /// Cria certidões de exemplo, assina uma, confere e conta o que aconteceu
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Demo(DemoArguments),
}

const STATUS: &str = "\n\nResultado ao sair: 0 tudo aprovado · 1 algum reprovado · 2 algum indeterminado · 3 algum sem assinatura ou ilegível · 64 uso incorreto";

/// What signing and extending have in common.
#[derive(Debug, Args)]
pub(crate) struct NewFile {
    /// Arquivo novo; sem isto, ao lado do original, com “-assinado” no nome
    #[arg(long, value_name = "PDF")]
    pub(crate) out: Option<PathBuf>,
    /// Substitui o arquivo novo se ele já existir
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Ambiente: demo, dev, homolog ou prod
    #[arg(
        long,
        value_name = "NOME",
        env = "CARTORIO_ENV",
        default_value = "demo",
        hide_default_value = true,
        hide_env = true
    )]
    pub(crate) env: String,
    /// Autoridade de carimbo do tempo, em lugar das do ambiente; pode ser repetida, e a primeira que responder vale
    #[arg(long = "tsa", value_name = "URL")]
    pub(crate) time_stampers: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExtendArguments {
    /// Documento assinado
    #[arg(value_name = "PDF", help_heading = "Argumentos")]
    pub(crate) input: PathBuf,
    #[command(flatten)]
    pub(crate) new_file: NewFile,
    /// Até onde: b-t, b-lt ou b-lta (padrão); quando b-lta já há, o carimbo sobre tudo é renovado
    #[arg(long, value_name = "NÍVEL", default_value = "b-lta", hide_default_value = true, value_parser = level)]
    pub(crate) level: api::office::Level,
    /// Escreve o resultado em JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SignArguments {
    /// Documento a assinar
    #[arg(value_name = "PDF", help_heading = "Argumentos")]
    pub(crate) input: PathBuf,
    #[command(flatten)]
    pub(crate) new_file: NewFile,
    /// Chave: ARN ou apelido no KMS; na demonstração rsa-2048, rsa-3072, rsa-4096, p-256 ou p-384
    #[arg(long, value_name = "CHAVE")]
    pub(crate) key: Option<String>,
    /// Certificado de quem assina e sua cadeia, em PEM
    #[arg(long, value_name = "PEM")]
    pub(crate) cert: Option<PathBuf>,
    /// Algoritmo: rsa-pkcs1-sha256 (padrão para RSA), rsa-pss-sha256, ecdsa-p256-sha256, …
    #[arg(long, value_name = "ALGORITMO", value_parser = algorithm)]
    pub(crate) algorithm: Option<cades::SignatureAlgorithm>,
    /// Motivo declarado
    #[arg(long, value_name = "TEXTO")]
    pub(crate) reason: Option<String>,
    /// Local declarado
    #[arg(long, value_name = "TEXTO")]
    pub(crate) location: Option<String>,
    /// Região da chave no KMS (padrão: a do ambiente, ou sa-east-1)
    #[arg(long, value_name = "REGIÃO")]
    pub(crate) region: Option<String>,
    /// Outro endereço para o KMS, para testes; impossível em prod
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Até onde vai a assinatura: b-b (padrão), b-t (com carimbo do tempo), b-lt (com os dados de longo prazo) ou b-lta (com carimbo
    /// sobre eles)
    #[arg(long, value_name = "NÍVEL", default_value = "b-b", hide_default_value = true, value_parser = level)]
    pub(crate) level: api::office::Level,
    /// Se o carimbo ou os dados de longo prazo não vierem, assina até onde der e avisa, em vez de parar
    #[arg(long)]
    pub(crate) or_lower: bool,
    /// Entra na AWS antes de assinar, no mesmo programa: para computadores sem cofre de senhas
    #[arg(long)]
    pub(crate) login: bool,
    /// Confirma a assinatura em produção sem pergunta: escreva PRODUÇÃO
    #[arg(long, value_name = "PALAVRA")]
    pub(crate) confirm: Option<String>,
    /// Credenciais do próprio servidor (variáveis AWS_…, perfil, papel da instância), sem que ninguém entre
    #[arg(long, env = "CARTORIO_SERVER_CREDENTIALS", hide_env = true, value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) server_credentials: bool,
    /// Escreve o resultado em JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// Documentos a conferir; de uma pasta, todos os PDFs dela e das pastas dentro dela
    #[arg(value_name = "PDF-OU-PASTA", required = true, help_heading = "Argumentos")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) judging: Judging,
    /// Não consulta nada pela rede
    #[arg(long)]
    pub(crate) offline: bool,
    /// Explica: detalhes para peritos, de quem são os bytes e o que foi consultado
    #[arg(long)]
    pub(crate) explain: bool,
    /// Grava um relatório de cada documento: html, pdf, json (fatos, para judge) ou etsi (ETSI TS 119 102-2)
    #[arg(long, value_name = "FORMA", value_enum, hide_possible_values = true)]
    pub(crate) report: Option<ReportForm>,
    /// Arquivo do relatório (um documento) ou pasta dos relatórios (vários)
    #[arg(long, value_name = "ARQUIVO-OU-PASTA", requires = "report")]
    pub(crate) out: Option<PathBuf>,
    /// Substitui relatórios e tabelas que já existam
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Grava também uma tabela CSV, dos piores aos melhores
    #[arg(long, value_name = "ARQUIVO")]
    pub(crate) csv: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct JudgeArguments {
    /// Fatos gravados por verify --report json
    #[arg(value_name = "JSON", required = true, help_heading = "Argumentos")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) judging: Judging,
}

#[derive(Debug, Args)]
pub(crate) struct TrustArguments {
    #[command(subcommand)]
    pub(crate) command: TrustCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrustCommand {
    /// Mostra as raízes fixadas, as autoridades desta serventia e os emissores conhecidos
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    List,
    /// Traz certificados de um arquivo: zip, PEM, DER ou P7B
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Import {
        /// Arquivo com certificados
        #[arg(value_name = "ARQUIVO", help_heading = "Argumentos")]
        file: PathBuf,
        /// Confia neles como autoridades desta serventia (não são ICP-Brasil)
        #[arg(long)]
        office: bool,
    },
    /// Baixa o conjunto publicado pelo ITI, conferido pelo seu resumo
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Update {
        /// Outro endereço do arquivo zip; o resumo (hashsha512.txt) deve estar ao lado
        #[arg(long, value_name = "URL")]
        from: Option<String>,
    },
}

/// Under which trust and rules, shared by those who judge.
#[derive(Debug, Args)]
pub(crate) struct Judging {
    /// Confia só nestes certificados: arquivo PEM ou pasta (pode repetir)
    #[arg(long, value_name = "PEM-OU-PASTA")]
    pub(crate) trust: Vec<PathBuf>,
    /// Confere como se fosse este momento (RFC 3339, por exemplo 2026-11-24T10:00:00-03:00)
    #[arg(long, value_name = "MOMENTO", value_parser = moment)]
    pub(crate) at: Option<DateTime<Utc>>,
    /// Evidência de revogação: required (exige), if-present (se houver) ou ignore (não olha)
    #[arg(long, value_name = "REGRA", value_enum, hide_possible_values = true)]
    pub(crate) revocation: Option<Revocation>,
    /// Ambiente: demo, dev, homolog ou prod; a raiz da demonstração só é aceita em demo
    #[arg(
        long,
        value_name = "NOME",
        env = "CARTORIO_ENV",
        default_value = "demo",
        hide_default_value = true,
        hide_env = true
    )]
    pub(crate) env: String,
    /// Escreve o resultado em JSON (esquema em docs/verify.schema.json)
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SessionArguments {
    /// Ambiente: dev, homolog ou prod
    #[arg(long, value_name = "NOME", env = "CARTORIO_ENV", hide_env = true)]
    pub(crate) env: String,
    /// Escreve o resultado em JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LoginArguments {
    #[command(flatten)]
    pub(crate) session: SessionArguments,
    /// Usa um código em outro dispositivo, sem navegador neste computador
    #[arg(long)]
    pub(crate) device: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KeysArguments {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Lista as chaves, com uso, tipo, estado, réplicas e preço mensal
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    List {
        #[command(flatten)]
        session: SessionArguments,
        /// Também as que não têm a etiqueta da serventia
        #[arg(long)]
        all: bool,
    },
    /// Mostra uma chave inteira: estado, algoritmos, último uso, política e preço
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Show {
        /// Chave: ARN ou apelido; sem isto, a do ambiente
        #[arg(value_name = "CHAVE")]
        key: Option<String>,
        #[command(flatten)]
        session: SessionArguments,
    },
    /// Cria uma chave de assinatura, depois de mostrar o pedido, a política e o preço
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Create {
        #[command(flatten)]
        new: NewKeyArguments,
    },
    /// Troca a chave do ambiente por outra que já tem certificado: o apelido passa a ela
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Rotate {
        #[command(flatten)]
        rotation: RotationArguments,
    },
    /// Cria a réplica da chave em outra região, para quando a primeira falhar
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Replica {
        /// Região da réplica, por exemplo us-east-1
        #[arg(value_name = "REGIÃO")]
        region: String,
        #[command(flatten)]
        session: SessionArguments,
        #[command(flatten)]
        confirmation: Confirmation,
    },
}

/// Nothing that costs money or moves a key is done without it.
#[derive(Debug, Args)]
pub(crate) struct Confirmation {
    /// Confirma sem perguntar: a palavra que o programa pede
    #[arg(long, value_name = "PALAVRA")]
    pub(crate) confirm: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct NewKeyArguments {
    #[command(flatten)]
    pub(crate) session: SessionArguments,
    /// Apelido da chave nova
    #[arg(long, value_name = "APELIDO")]
    pub(crate) alias: String,
    /// Para que serve: documents (assina documentos) ou authority (autoridade da serventia)
    #[arg(long = "use", value_name = "USO", value_enum, default_value_t = KeyUse::Documents, hide_default_value = true, hide_possible_values = true)]
    pub(crate) purpose: KeyUse,
    /// Tipo: rsa-2048, rsa-3072, rsa-4096, p-256 ou p-384
    #[arg(long, value_name = "TIPO", default_value = "rsa-2048", value_parser = kind)]
    pub(crate) kind: cades::KeyKind,
    /// Único algoritmo com que a chave assina documentos
    #[arg(long, value_name = "ALGORITMO", value_parser = algorithm)]
    pub(crate) algorithm: Option<cades::SignatureAlgorithm>,
    /// Permite réplicas em outras regiões; não muda depois
    #[arg(long)]
    pub(crate) multi_region: bool,
    /// Perfil que assina; sem isto, o do ambiente
    #[arg(long, value_name = "PERFIL")]
    pub(crate) signers: Option<String>,
    /// Perfil que pede o certificado, com RSA PKCS#1 quando a chave assina com PSS
    #[arg(long, value_name = "PERFIL")]
    pub(crate) requesters: Option<String>,
    #[command(flatten)]
    pub(crate) confirmation: Confirmation,
}

#[derive(Debug, Args)]
pub(crate) struct RotationArguments {
    #[command(flatten)]
    pub(crate) session: SessionArguments,
    /// Chave sucessora: ARN ou apelido
    #[arg(long, value_name = "CHAVE", required_unless_present = "automatic", requires = "cert")]
    pub(crate) to: Option<String>,
    /// Certificado da sucessora e sua cadeia
    #[arg(long, value_name = "ARQUIVO")]
    pub(crate) cert: Option<PathBuf>,
    /// Pede ao KMS que renove a chave sozinho: só existe para chaves que cifram
    #[arg(long, conflicts_with = "to")]
    pub(crate) automatic: bool,
    #[command(flatten)]
    pub(crate) confirmation: Confirmation,
}

#[derive(Debug, Args)]
pub(crate) struct CsrArguments {
    #[command(flatten)]
    pub(crate) session: SessionArguments,
    /// Nome de quem pede, por exemplo “CN=Maria de Exemplo, O=1º Ofício, C=BR”; vírgula dentro de um valor: \,
    #[arg(long, value_name = "NOME")]
    pub(crate) subject: String,
    /// Chave: ARN ou apelido; sem isto, a do ambiente
    #[arg(long, value_name = "CHAVE")]
    pub(crate) key: Option<String>,
    /// Algoritmo da assinatura do pedido (padrão: rsa-pkcs1-sha256 ou o da curva)
    #[arg(long, value_name = "ALGORITMO", value_parser = algorithm)]
    pub(crate) algorithm: Option<cades::SignatureAlgorithm>,
    /// Arquivo do pedido, em PEM
    #[arg(long, value_name = "ARQUIVO")]
    pub(crate) out: PathBuf,
    /// Substitui o arquivo se ele já existir
    #[arg(long)]
    pub(crate) overwrite: bool,
    #[command(flatten)]
    pub(crate) confirmation: Confirmation,
}

#[derive(Debug, Args)]
pub(crate) struct CertificateArguments {
    #[command(subcommand)]
    pub(crate) command: CertificateCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CertificateCommand {
    /// Mostra o certificado em uso e quando renová-lo
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Show {
        #[command(flatten)]
        session: SessionArguments,
    },
    /// Confere um certificado (chave, usos, validade, cadeia), assina uma página de teste e o põe em uso
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Import {
        /// Certificado e cadeia: PEM, DER, P7B ou zip
        #[arg(value_name = "ARQUIVO", help_heading = "Argumentos")]
        file: PathBuf,
        /// Só confere e testa; nada muda
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        session: SessionArguments,
        #[command(flatten)]
        confirmation: Confirmation,
    },
    /// Pede o certificado à AWS Private CA, confere e o põe em uso
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Issue {
        /// Nome de quem assina, por exemplo “CN=Maria de Exemplo, O=1º Ofício, C=BR”
        #[arg(long, value_name = "NOME")]
        subject: String,
        /// Dias de validade
        #[arg(long, value_name = "DIAS", default_value_t = api::office::SIGNER_DAYS)]
        days: u32,
        #[command(flatten)]
        from: FromPrivateCa,
    },
    /// Busca um certificado já pedido à AWS Private CA e o põe em uso
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Fetch {
        /// ARN do certificado, como o pedido o mostrou
        #[arg(value_name = "ARN", help_heading = "Argumentos")]
        certificate: String,
        #[command(flatten)]
        from: FromPrivateCa,
    },
    /// Revoga um certificado emitido pela AWS Private CA
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Revoke {
        #[command(flatten)]
        which: Revoked,
        #[command(flatten)]
        from: FromPrivateCa,
    },
}

#[derive(Debug, Args)]
pub(crate) struct FromPrivateCa {
    /// ARN da autoridade; sem isto, a do ambiente
    #[arg(long, value_name = "ARN")]
    pub(crate) authority: Option<String>,
    #[command(flatten)]
    pub(crate) session: SessionArguments,
    #[command(flatten)]
    pub(crate) confirmation: Confirmation,
}

#[derive(Debug, Args)]
pub(crate) struct Revoked {
    /// Número do certificado, em hexadecimal
    #[arg(value_name = "NÚMERO", help_heading = "Argumentos")]
    pub(crate) serial: String,
    /// Por quê: chave-comprometida, saiu, substituido, encerrado ou outro
    #[arg(long, value_name = "MOTIVO", value_enum, hide_possible_values = true)]
    pub(crate) reason: Reason,
}

/// Why a certificate is revoked, in the words of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reason {
    #[value(name = "chave-comprometida")]
    KeyCompromise,
    #[value(name = "saiu")]
    AffiliationChanged,
    #[value(name = "substituido")]
    Superseded,
    #[value(name = "encerrado")]
    CessationOfOperation,
    #[value(name = "outro")]
    Unspecified,
}

impl Reason {
    /// Its number (RFC 5280, 5.3.1).
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CaArguments {
    #[command(subcommand)]
    pub(crate) command: CaCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CaCommand {
    /// Funda a autoridade com duas chaves do KMS (cartorio keys create --use authority)
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Create {
        /// Chave da raiz: ARN ou apelido
        #[arg(long, value_name = "CHAVE")]
        root_key: String,
        /// Chave da autoridade emissora: ARN ou apelido
        #[arg(long, value_name = "CHAVE")]
        issuing_key: String,
        /// Nome da raiz, por exemplo “CN=AC Raiz do 1º Ofício, O=1º Ofício, C=BR”
        #[arg(long, value_name = "NOME")]
        root: String,
        /// Nome da autoridade emissora
        #[arg(long, value_name = "NOME")]
        issuing: String,
        /// Endereço em que a lista de revogados será publicada (http ou https)
        #[arg(long, value_name = "URL")]
        list_url: Option<String>,
        #[command(flatten)]
        session: SessionArguments,
        #[command(flatten)]
        confirmation: Confirmation,
    },
    /// Emite o certificado de quem assina, para um pedido (PKCS #10)
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Issue {
        /// Pedido, PEM ou DER
        #[arg(value_name = "PEDIDO", help_heading = "Argumentos")]
        request: PathBuf,
        /// Dias de validade
        #[arg(long, value_name = "DIAS", default_value_t = api::office::SIGNER_DAYS)]
        days: u32,
        /// Arquivo do certificado e sua cadeia, em PEM
        #[arg(long, value_name = "ARQUIVO")]
        out: PathBuf,
        /// Substitui o arquivo se ele já existir
        #[arg(long)]
        overwrite: bool,
        #[command(flatten)]
        session: SessionArguments,
        #[command(flatten)]
        confirmation: Confirmation,
    },
    /// Revoga um certificado e faz a lista nova
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Revoke {
        #[command(flatten)]
        which: Revoked,
        #[command(flatten)]
        session: SessionArguments,
        #[command(flatten)]
        confirmation: Confirmation,
    },
    /// Faz de novo a lista de revogados, antes que vença
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    List {
        /// Também a lista da raiz
        #[arg(long)]
        root: bool,
        #[command(flatten)]
        session: SessionArguments,
        #[command(flatten)]
        confirmation: Confirmation,
    },
    /// Mostra a autoridade, o que emitiu e o que revogou
    #[command(help_template = TEMPLATE, next_help_heading = "Opções")]
    Show {
        #[command(flatten)]
        session: SessionArguments,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Pasta para os documentos de exemplo
    #[arg(long, value_name = "PASTA", default_value = "demonstracao", hide_default_value = true)]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    Html,
    Pdf,
    Json,
    Etsi,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyUse {
    Documents,
    Authority,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Revocation {
    Required,
    IfPresent,
    Ignore,
}

impl From<Revocation> for pades::RevocationRule {
    fn from(rule: Revocation) -> Self {
        match rule {
            Revocation::Required => Self::Required,
            Revocation::IfPresent => Self::IfPresent,
            Revocation::Ignore => Self::Ignore,
        }
    }
}

fn algorithm(name: &str) -> Result<cades::SignatureAlgorithm, String> {
    cades::SignatureAlgorithm::from_name(name).ok_or_else(|| {
        let known: Vec<_> = cades::SIGNING_ALGORITHMS.iter().map(|(name, _)| *name).collect();
        format!("use um destes: {}", known.join(", "))
    })
}

fn level(name: &str) -> Result<api::office::Level, String> {
    let known = || api::office::LEVELS.map(|(known, _)| known).join(", ");
    api::office::Level::from_name(name).ok_or_else(|| format!("use um destes: {}", known()))
}

fn kind(name: &str) -> Result<cades::KeyKind, String> {
    let known = || cades::NEW_KEY_KINDS.map(|(known, _)| known).join(", ");
    cades::KeyKind::from_name(name).ok_or_else(|| format!("use um destes: {}", known()))
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .map_err(|_| "escreva como 2026-11-24T10:00:00-03:00".to_owned())
}

/// Help goes to the standard output; wrong use is explained in pt-BR and ends with 64.
pub(crate) fn report(error: &clap::Error) -> ExitCode {
    use clap::error::{ContextKind, ContextValue};
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed pipe behind --help is no fault of the program.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let context = |kind| {
        error.get(kind).map(|value| match value {
            ContextValue::String(text) => text.clone(),
            ContextValue::Strings(texts) => texts.join(", "),
            other => other.to_string(),
        })
    };
    let argument =
        context(ContextKind::InvalidArg).or_else(|| context(ContextKind::InvalidSubcommand)).unwrap_or_default();
    let value = context(ContextKind::InvalidValue).unwrap_or_default();
    let reason = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let cause = match error.kind() {
        ErrorKind::UnknownArgument => format!("A opção {argument} não existe."),
        ErrorKind::InvalidSubcommand => format!("O comando {argument} não existe."),
        ErrorKind::MissingRequiredArgument => format!("Falta informar {argument}."),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            format!("Falta o valor de {argument}.")
        }
        ErrorKind::InvalidValue => {
            let known = context(ContextKind::ValidValue).unwrap_or_default();
            format!("O valor “{value}” não serve para {argument}: use um destes: {known}.")
        }
        ErrorKind::ValueValidation => format!("O valor “{value}” não serve para {argument}: {reason}."),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            "Falta o comando.".to_owned()
        }
        ErrorKind::ArgumentConflict | ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            format!("A opção {argument} foi usada de um modo que não se combina com as outras.")
        }
        _ => "O comando não foi entendido.".to_owned(),
    };
    eprintln!("{}\n  {cause}\n  {}", texts::text("cli-wrong-use", &[]), texts::text("cli-see-help", &[]));
    ExitCode::from(WRONG_USE)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_declaration_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_english_is_left_in_the_help() {
        let mut command = Arguments::command();
        command.build();
        let mut texts = vec![command.render_long_help().to_string()];
        texts.extend(command.get_subcommands_mut().map(|command| command.render_long_help().to_string()));
        for text in texts {
            for word in ["Usage", "Options", "Arguments", "Commands", "Print", "default:", "possible"] {
                assert!(!text.contains(word), "{word} in\n{text}");
            }
        }
    }
}
